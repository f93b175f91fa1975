import { z } from 'zod';
import type { KubeObject, Place } from '@tenantry/plan';
import { apply } from '../kube/server-side-apply.ts';
import type { Host } from '../cluster/host.ts';
import { ExpectedError, Fault } from '../cli/errors.ts';
import { oneLine } from '../cli/one-line.ts';
import { getObjects } from '../tools/kubectl.ts';

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
export async function readCertificates(host: Host, place: Place): Promise<Certificates> {
  const secret = await getOne(host, place, 'secret', secretName(place));
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
  host: Host,
  place: Place,
  certificates: Certificates,
): Promise<void> {
  const service = await getOne(host, place, 'service', place.name);
  await apply(host.$, host.target, [secretOf(place, certificates, service)], { force: true });
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
  { $, target }: Host,
  { namespace }: Place,
  resource: string,
  name: string,
): Promise<KubeObject> {
  const [object] = await getObjects($, target, ['-n', namespace, resource, name]);
  if (object === undefined) throw new ExpectedError(`no ${resource} ${name} in ${namespace}`);
  return object;
}
