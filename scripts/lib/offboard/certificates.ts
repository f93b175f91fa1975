import { z } from 'zod';
import type { KubeObject, Place } from '@tenantry/plan';
import type { KubeClient } from '../kube/client.ts';
import { put, read } from '../kube/requests.ts';
import { ExpectedError, Fault } from '../cli/errors.ts';
import { oneLine } from '../cli/one-line.ts';

/** A control plane's certificates, keys and their kubeconfigs, in base64 by file name. */
export interface Certificates {
  readonly data: Readonly<Record<string, string>>;
}

/** vcluster writes 31 of them. */
const MAX_FILES = 64;
const MAX_FILE_CHARACTERS = 2 ** 16;

/**
 * The Secret in which a control plane keeps them. Its syncer may write it, so that all of it that
 * is taken over are files of the form that vcluster gives them.
 */
export const certificatesSchema: z.ZodType<Certificates> = z.object({
  apiVersion: z.literal('v1').optional(),
  kind: z.literal('Secret').optional(),
  type: z.literal('Opaque').optional(),
  data: z
    .record(
      z.string().regex(/^[a-z][a-z-]{0,60}\.(crt|key|pub|conf)$/),
      z
        .string()
        .max(MAX_FILE_CHARACTERS)
        .regex(/^[A-Za-z0-9+/]+={0,2}$/),
    )
    .refine((files) => Object.keys(files).length <= MAX_FILES, { error: 'too many files' })
    .refine((files) => Object.hasOwn(files, 'ca.crt') && Object.hasOwn(files, 'ca.key'), {
      error: 'no ca.crt and ca.key',
    }),
});

/** Reads them from the host. @throws Fault where the Secret is not what vcluster writes */
export async function readCertificates(host: KubeClient, place: Place): Promise<Certificates> {
  const secret = await getOne(host, place, 'Secret', secretName(place));
  const parsed = certificatesSchema.safeParse(secret);
  if (parsed.success) return { data: parsed.data.data };
  throw new Fault({
    what: `Secret ${secretName(place)} in ${place.namespace}`,
    why: `it is not as vcluster writes it: ${oneLine(parsed.error.message)}`,
    todo: 'delete it, and the control plane makes it anew; then run the command again',
  });
}

/** Puts certificates where a control plane finds them at its start, as if it had made them itself. */
export async function putCertificates(
  host: KubeClient,
  place: Place,
  certificates: Certificates,
): Promise<void> {
  const service = await getOne(host, place, 'Service', place.name);
  await put(host, secretOf(place, certificates, service));
}

/** Of an archive's certificates only the files are taken; what the Secret is called is ours to say. */
export function secretOf(
  { namespace, name }: Place,
  { data }: Certificates,
  service: KubeObject,
): KubeObject {
  const { uid = '' } = service.metadata;
  const owner = { apiVersion: 'v1', kind: 'Service', name, uid };
  const metadata = {
    name: secretName({ name }),
    namespace,
    labels: { app: 'vcluster', 'vcluster-name': name },
    ownerReferences: [owner],
  };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data };
}

function secretName({ name }: Pick<Place, 'name'>): string {
  return `${name}-certs`;
}

async function getOne(
  host: KubeClient,
  { namespace }: Place,
  kind: 'Secret' | 'Service',
  name: string,
): Promise<KubeObject> {
  const object = await read(host, { apiVersion: 'v1', kind, metadata: { namespace, name } });
  if (object === null) throw new ExpectedError(`no ${kind} ${name} in ${namespace}`);
  return object;
}
