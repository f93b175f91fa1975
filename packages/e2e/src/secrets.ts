import { mkdtempDisposableSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directory, pnpm, type Result, type RunOptions } from './tenantry.ts';

/** A key of age and its recipient, made for these tests alone. */
export const AGE_KEY = 'AGE-SECRET-KEY-1ZSDLPW4T6737HFYRW6AZ75DS6L282N00LNS46EF5TF5U3KJ4Z3MQZKK2WJ';
export const AGE_RECIPIENT = 'age14q950qp5qq3va3en0vx62mmsrpgqa6y8fat0uy554yr2k62y05zqpysrdm';

/** Has secrets/ encrypted for these recipients of age from now on. */
export function writeRecipients(age: string): void {
  const rule = `path_regex: ^secrets/\n    encrypted_regex: ^(data|stringData)$\n    age: ${age}`;
  writeFileSync(join(directory, '.sops.yaml'), `creation_rules:\n  - ${rule}\n`);
}

/** Removes secrets/ and what it is encrypted for. */
export function removeSecrets(): void {
  for (const name of ['secrets', '.sops.yaml']) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}

export interface SecretEdit {
  readonly name: string;
  readonly type?: string;
  readonly values: Readonly<Record<string, string>>;
}

/** `pnpm secret edit ID` with an editor that leaves these Secrets, in namespace `default`. */
export async function editSecrets(
  id: string,
  key: string,
  secrets: readonly SecretEdit[],
  { cwd }: Pick<RunOptions, 'cwd'> = {},
): Promise<Result> {
  using scratch = mkdtempDisposableSync(join(tmpdir(), 'tenantry-e2e-secret-'));
  const editor = join(scratch.path, 'editor');
  const documents = secrets.map(({ name, type = 'Opaque', values }) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'default' },
      type,
      stringData: values,
    }),
  );
  const text = documents.join('\n---\n');
  writeFileSync(editor, `#!/bin/sh\ncat >"$1" <<'END'\n${text}\nEND\n`, { mode: 0o755 });
  const env = { EDITOR: editor, SOPS_AGE_KEY: key };
  return await pnpm(['--silent', 'secret', 'edit', id], { env, ...(cwd !== undefined && { cwd }) });
}
