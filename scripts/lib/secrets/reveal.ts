import { type KubeObject, referenceOf } from '@tenantry/plan';
import type { Context } from '../cli/run-main.ts';
import type { Shell } from '../cli/shell.ts';
import { decryptSecrets } from './decrypt-secrets.ts';
import type { SecretsFile } from './secrets-file.ts';

/**
 * A tenant's object as it is to be sent: a Secret of secrets/ in clear, in memory only; any other as
 * it is. @throws Fault where it cannot be decrypted
 */
export type Reveal = (id: string, object: KubeObject) => Promise<KubeObject>;

/** The same of what is in clear. */
export const asItIs = async (object: KubeObject): Promise<KubeObject> => object;

/** Decrypts each file at most once, the first time that it is asked for. */
export function revealWith(
  { workspace, report, signal }: Pick<Context, 'workspace' | 'report' | 'signal'>,
  files: ReadonlyMap<string, SecretsFile>,
): Reveal {
  let shell: Promise<Shell> | null = null;
  // Where nothing has changed no tool is needed, nor the code that finds it.
  const findSops = async () => {
    const { ensureSops } = await import('../tools/toolchain.ts');
    return ensureSops(workspace, report, signal);
  };
  const decrypted = new Map<string, ReturnType<typeof decryptSecrets>>();
  const decrypt = async (file: SecretsFile) => decryptSecrets(await (shell ??= findSops()), file);
  return async (id, object) => {
    const file = files.get(id);
    if (file === undefined || !file.objects.includes(object)) return object;
    const objects = decrypted.get(id) ?? decrypt(file);
    decrypted.set(id, objects);
    const clear = (await objects).get(referenceOf(object));
    if (clear === undefined) throw new TypeError(`${referenceOf(object)} was not decrypted`);
    return clear;
  };
}
