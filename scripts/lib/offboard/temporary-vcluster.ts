import { temporaryVclusterObjects } from '@tenantry/manifests';
import {
  CONTROL_PLANE,
  CONTROL_PLANE_INIT,
  temporaryNamespace,
  vclusterName,
} from '@tenantry/tenants';
import type { KubeClient } from '../kube/client.ts';
import { list, put } from '../kube/requests.ts';
import type { TenantDist } from '../dist/read.ts';
import { Fault } from '../cli/errors.ts';
import { apiAddresses } from '../cluster/api-addresses.ts';
import type { ConnectedHost } from '../cluster/host.ts';
import { waitForVirtual } from '../cluster/virtual-client.ts';
import { installRelease } from '../deploy/vcluster-release.ts';
import { start } from './maintenance-mode.ts';
import type { Archive } from './archive.ts';
import { hasRoom, type KubeObject, namespacesFirst, type Place } from '@tenantry/plan';
import { putCertificates } from './certificates.ts';
import { type ExportedObjects, exportObjects } from './export-objects.ts';
import { deleteClusterRoles } from './leftovers.ts';
import { deleteNamespace, readNamespace } from '../kube/namespaces.ts';
import { restoreSnapshot } from './snapshot.ts';
import { tryVolumes } from './transfer-volumes.ts';
import type { VolumeStream } from './volume-streams.ts';

const NEEDED = {
  cpu: Math.max(CONTROL_PLANE.requests.cpu, CONTROL_PLANE_INIT.requests.cpu),
  memory: Math.max(CONTROL_PLANE.requests.memory, CONTROL_PLANE_INIT.requests.memory),
};

/** @throws Fault where the host has no node with room for one more control plane */
export async function checkCapacity({ client, target }: ConnectedHost): Promise<void> {
  const [nodes, pods] = await Promise.all([
    list(client, { kind: 'Node' }),
    list(client, { kind: 'Pod' }),
  ]);
  if (hasRoom(nodes, pods, NEEDED)) return;
  throw new Fault({
    what: `no room on ${target.context}`,
    why: 'no node has what a control plane requests, and an archive is tried out in one before anything is deleted',
    todo: 'pause a tenant or add a node, then run the command again',
  });
}

/**
 * Restores a snapshot into a vcluster made for that and removed afterwards; all its objects. Before
 * that, what is archived of volumes is put into new ones and compared.
 */
export async function restoreIntoTemporary(
  host: ConnectedHost,
  tenant: TenantDist,
  { directory, manifest, snapshot, certificates }: Archive,
  options: {
    readonly state: string;
    readonly streams: readonly VolumeStream[];
    readonly signal: AbortSignal;
  },
): Promise<ExportedObjects> {
  const { client } = host;
  const { state, streams, signal } = options;
  const place: Place = { namespace: temporaryNamespace(tenant.id), name: vclusterName(tenant.id) };
  await removeTemporary(client, tenant.id, signal);
  const hostApi = await apiAddresses(client);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => (signal.aborted ? undefined : removeTemporary(client, tenant.id, signal)));
  const claims = streams.reduce((count, stream) => count + stream.claims.length, 1);
  const objects = temporaryVclusterObjects({ tenantId: tenant.id, hostApi, claims });
  for (const object of namespacesFirst(objects as readonly KubeObject[])) {
    await put(client, object);
  }
  const transfer = { host, tenant, directory, signal };
  await tryVolumes(transfer, streams, manifest.volumes, place.namespace);
  // As dist/ has it: with no replicas.
  await installRelease(host, tenant, { scratch: state, records: null, place });
  await putCertificates(client, place, certificates);
  await restoreSnapshot(host, place, snapshot, signal);
  await start(client, place, signal);
  await using virtual = await waitForVirtual(client, place, signal);
  const acceptUnreadable = manifest.unreadable;
  return await exportObjects(virtual.client, { acceptUnreadable, signal });
}

/** Removes what an archive was tried out in, as far as there is any. */
export async function removeTemporary(
  host: KubeClient,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const namespace = temporaryNamespace(id);
  if ((await readNamespace(host, namespace)) !== null) {
    await deleteNamespace(host, namespace, signal);
  }
  await deleteClusterRoles(host, [namespace]);
}
