import { apply } from '../kube/server-side-apply.ts';
import type { Host } from '../cluster/host.ts';
import { getObjects, type KubeObject } from '../tools/kubectl.ts';
import type { Place } from '../cluster/tenant-connection.ts';

/** The Secret in which a control plane keeps its certificates and keys. */
export async function readCertificates(host: Host, place: Place): Promise<KubeObject> {
  return getOne(host, place, 'secret', `${place.name}-certs`);
}

/** Puts certificates where a control plane finds them at its start, as if it had made them itself. */
export async function putCertificates(
  host: Host,
  place: Place,
  certificates: KubeObject,
): Promise<void> {
  const { apiVersion, kind, metadata, data, type } = certificates;
  const { kind: owner, metadata: service } = await getOne(host, place, 'service', place.name);
  const secret = {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      namespace: place.namespace,
      ...(metadata.labels && { labels: metadata.labels }),
      ownerReferences: [{ apiVersion: 'v1', kind: owner, name: service.name, uid: service.uid }],
    },
    data,
    type,
  };
  await apply(host.$, host.target, [secret], { force: true });
}

async function getOne(
  { $, target }: Host,
  { namespace }: Place,
  resource: string,
  name: string,
): Promise<KubeObject> {
  const [object] = await getObjects($, target, ['-n', namespace, resource, name]);
  if (object === undefined) throw new Error(`no ${resource} ${name} in ${namespace}`);
  return object;
}
