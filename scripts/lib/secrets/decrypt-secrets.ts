import { type KubeObject, referenceOf } from '@tenantry/plan';
import { MAX_OBJECT_BYTES } from '@tenantry/tenants';
import { FAILSAFE_SCHEMA, loadAll } from 'js-yaml';
import { Fault } from '../cli/errors.ts';
import type { Shell } from '../cli/shell.ts';
import { shown } from '../dist/tenants-file.ts';
import { decrypt, SOPS_EXIT, SopsError } from '../tools/sops.ts';
import type { SecretsFile } from './secrets-file.ts';

/** What a document has once it is decrypted: all its values are texts. */
interface ClearDocument {
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** The Secrets of a file in clear, by reference. @throws Fault */
export async function decryptSecrets(
  $: Shell,
  file: SecretsFile,
): Promise<ReadonlyMap<string, KubeObject>> {
  const text = await decryptFile($, file);
  // Other schemas would take some texts for numbers that sops writes without quotes.
  const documents = loadAll(text, { schema: FAILSAFE_SCHEMA }) as readonly ClearDocument[];
  return new Map(
    file.objects.map((object, index) => [
      referenceOf(object),
      clearOf(file, object, documents[index] ?? {}),
    ]),
  );
}

async function decryptFile($: Shell, { path, text, recipients }: SecretsFile): Promise<string> {
  try {
    return await decrypt($, text);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    const what = `${shown(path)} cannot be decrypted`;
    if (error.exitCode !== SOPS_EXIT.noKey) {
      const todo = `take it back from Git, and change it with pnpm secret edit only`;
      throw new Fault({ what, why: error.message, todo });
    }
    throw new Fault({
      what,
      why: `there is no key here of any of its recipients: ${recipients.join(', ')}`,
      todo: 'set SOPS_AGE_KEY_FILE to the file with such a key, or SOPS_AGE_KEY to the key, and run the command again',
    });
  }
}

function clearOf(file: SecretsFile, object: KubeObject, document: ClearDocument): KubeObject {
  const { stringData: _stringData, ...rest } = object;
  return { ...rest, data: dataOf(file, object, document) };
}

/** All in base64: of `stringData` a server-side apply would leave the keys that have gone. */
function dataOf(
  { path }: SecretsFile,
  object: KubeObject,
  { data = {}, stringData = {} }: ClearDocument,
): Readonly<Record<string, string>> {
  const odd = Object.keys(data).filter((key) => !isBase64(data[key] ?? ''));
  if (odd.length > 0) {
    throw new Fault({
      what: `${shown(path)}: ${referenceOf(object)}`,
      why: `data.${odd.join(', data.')} is no base64`,
      todo: 'put it below stringData as it is: pnpm secret edit',
    });
  }
  const encoded = Object.entries(stringData).map(
    ([key, value]) => [key, Buffer.from(value).toString('base64')] as const,
  );
  const all: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(data).map(([key, value]) => [key, packed(value)])),
    ...Object.fromEntries(encoded),
  };
  const bytes = Object.entries(all).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (bytes <= MAX_OBJECT_BYTES) return all;
  throw new Fault({
    what: `${shown(path)}: ${referenceOf(object)}`,
    why: `it has ${bytes} bytes in base64, and no more than ${MAX_OBJECT_BYTES} come to the host with a pod`,
    todo: 'make several Secrets of it',
  });
}

function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === packed(text);
}

/** Without the line breaks that `base64` makes. */
function packed(text: string): string {
  return text.replaceAll(/\s/g, '');
}
