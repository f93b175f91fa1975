import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { Tenant } from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import { Fault, UsageError } from '../cli/errors.ts';
import { runInteractive } from '../cli/run-interactive.ts';
import type { Context } from '../cli/run-main.ts';
import type { Shell } from '../cli/shell.ts';
import type { Workspace } from '../cli/workspace.ts';
import { replaceFile } from '../dist/replace-file.ts';
import { shown } from '../dist/tenants-file.ts';
import { encrypt, SOPS_EXIT, SopsError } from '../tools/sops.ts';
import { ensureSops } from '../tools/toolchain.ts';
import { decryptSecrets } from './decrypt-secrets.ts';
import { secretsPath } from './read-secrets.ts';
import { ENCRYPTED_REGEX, parseSecrets } from './secrets-file.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

/** What a first edit begins with. */
const TEMPLATE = `# What stands below stringData is encrypted when you save it; names are not, nor are lines like this.
# More Secrets may follow, each after a line of three dashes.
apiVersion: v1
kind: Secret
metadata:
  name: ${workload.service.name}
  namespace: ${workload.service.namespace}
type: Opaque
stringData:
  EXAMPLE: change me
`;

/** Has the user edit a tenant's Secrets; a file that is not there is made. @throws Fault, UsageError */
export async function editSecrets(
  { workspace, report, signal, print }: Surroundings,
  { id, host }: Pick<Tenant, 'id' | 'host'>,
): Promise<void> {
  const path = secretsPath(workspace.secrets, id);
  const $ = await ensureSops(workspace, report, signal);
  const isNew = !existsSync(path);
  if (isNew) await makeFile($, workspace, path);
  let kept = !isNew;
  try {
    const before = parseSecrets(path, readFileSync(path, 'utf8'));
    // What is faulty can be mended in the editor; sops says itself what it cannot open.
    if (!('faults' in before)) await decryptSecrets($, before);
    const code = await runInteractive('sops', ['edit', path], {
      cwd: workspace.dir,
      env: { ...process.env, PATH: `${workspace.bin}:${process.env['PATH'] ?? ''}` },
    });
    if (code === SOPS_EXIT.unchanged) {
      print(isNew ? `${shown(path)}: nothing was saved, and nothing made` : `${shown(path)}: unchanged`);
      return;
    }
    if (code !== 0) {
      const todo = 'it has said above what is wrong; the file is as it was';
      throw new Fault({ what: `sops edit ${shown(path)}`, why: `exit code ${code}`, todo });
    }
    kept = true;
  } finally {
    if (!kept) rmSync(path);
  }
  const after = parseSecrets(path, readFileSync(path, 'utf8'));
  if ('faults' in after) {
    throw new UsageError(
      `${after.faults.map((fault) => `${shown(path)}: ${fault}`).join('\n')}\n  → pnpm secret edit ${id}`,
    );
  }
  // Flux has to be told of a file, and not of what is in it.
  const commit = isNew && host.flux !== null ? 'run pnpm synth and commit both' : 'commit it';
  const then = host.engine === 'flux' ? 'and Flux applies it' : `then pnpm deploy ${id}`;
  print(`${shown(path)} is written\n  → ${commit}, ${then}`);
}

/** @throws Fault where there is no recipient to encrypt for */
async function makeFile(
  $: Shell,
  { secrets }: Pick<Workspace, 'secrets'>,
  path: string,
): Promise<void> {
  try {
    const text = await encrypt($, TEMPLATE, { path, encryptedRegex: ENCRYPTED_REGEX });
    mkdirSync(secrets, { recursive: true });
    replaceFile(path, text, 0o644);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw new Fault({
      what: `${shown(path)} cannot be made`,
      why: error.message,
      todo: `write .sops.yaml beside tenants.json, with the public keys (age-keygen prints one) that are to read it:
      creation_rules:
        - path_regex: ^secrets/
          encrypted_regex: ${ENCRYPTED_REGEX}
          age: age1…,age1…`,
    });
  }
}
