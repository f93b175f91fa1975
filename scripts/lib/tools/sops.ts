import { ExpectedError } from '../cli/errors.ts';
import type { Shell } from '../cli/shell.ts';

/** What sops ends with, as far as it matters. */
export const SOPS_EXIT = { unchanged: 200, noKey: 128 } as const;

/** sops failed. Of what it wrote to standard output nothing is shown: that is where secrets go. */
export class SopsError extends ExpectedError {
  override name = 'SopsError';
  readonly exitCode: number | null;

  constructor(exitCode: number | null, stderr: string) {
    super(stderr.trim() || `sops ended with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** The clear text of a file. @throws SopsError */
export function decrypt($: Shell, text: string): Promise<string> {
  return throughPipe($, text, ['decrypt', '--input-type', 'yaml', '--output-type', 'yaml']);
}

/**
 * A text as it is to lie at `path`, by the rules of the .sops.yaml that is found from the directory
 * of `$`. @throws SopsError
 */
export function encrypt(
  $: Shell,
  text: string,
  { path, encryptedRegex }: { readonly path: string; readonly encryptedRegex: string },
): Promise<string> {
  const flags = ['--filename-override', path, '--encrypted-regex', encryptedRegex];
  return throughPipe($, text, ['encrypt', ...flags]);
}

async function throughPipe($: Shell, input: string, args: readonly string[]): Promise<string> {
  const piped = $({ input, stdio: ['pipe', 'pipe', 'pipe'], nothrow: true });
  const { ok, exitCode, stdout, stderr } = await piped`sops ${args}`;
  if (!ok) throw new SopsError(exitCode, stderr);
  return stdout;
}
