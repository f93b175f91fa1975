import { type ApiAddress, scratchObjects } from '@tenantry/manifests';
import {
  CONTROL_PLANE,
  CONTROL_PLANE_INIT,
  scratchNamespace,
  vclusterName,
} from '@tenantry/tenants';
import { apply } from '../kube/server-side-apply.ts';
import type { TenantDist } from '../dist/read.ts';
import { Fault } from '../cli/errors.ts';
import { getRelease } from '../tools/helm.ts';
import type { Host } from '../cluster/host.ts';
import { getObjects, type KubeObject, kubectl } from '../tools/kubectl.ts';
import { openVcluster, type Place } from '../cluster/tenant-connection.ts';
import { installRelease } from '../deploy/vcluster-release.ts';
import { start } from './maintenance-mode.ts';
import { hasRoom } from '@tenantry/plan';
import { putCertificates } from './certificates.ts';
import { exportObjects } from './export-objects.ts';
import { deleteNamespace, getNamespace } from '../kube/namespaces.ts';
import { restoreSnapshot } from './snapshot.ts';

const NEEDED = {
  cpu: Math.max(CONTROL_PLANE.requests.cpu, CONTROL_PLANE_INIT.requests.cpu),
  memory: Math.max(CONTROL_PLANE.requests.memory, CONTROL_PLANE_INIT.requests.memory),
};

/** @throws Fault where the host has no node with room for one more control plane */
export async function checkCapacity({ $, target }: Host): Promise<void> {
  const [nodes, pods] = await Promise.all([
    getObjects($, target, ['nodes']),
    getObjects($, target, ['pods', '--all-namespaces']),
  ]);
  if (hasRoom(nodes, pods, NEEDED)) return;
  throw new Fault({
    what: `no room on ${target.context}`,
    why: 'no node has what a control plane requests, and an archive is tried out in one before anything is deleted',
    todo: 'pause a tenant or add a node, then run the command again',
  });
}

/** Restores a snapshot into a vcluster made for that and removed afterwards; all its objects. */
export async function restoredInScratch(
  host: Host,
  tenant: TenantDist,
  { snapshot, certificates }: { readonly snapshot: string; readonly certificates: KubeObject },
  { state, signal }: { readonly state: string; readonly signal: AbortSignal },
): Promise<readonly KubeObject[]> {
  const { $, target } = host;
  const place: Place = { namespace: scratchNamespace(tenant.id), name: vclusterName(tenant.id) };
  await removeScratch(host, tenant.id, signal);
  const hostApi = await apiAddresses(host);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => (signal.aborted ? undefined : removeScratch(host, tenant.id, signal)));
  const objects = scratchObjects({ tenantId: tenant.id, hostApi });
  await apply($, target, objects as readonly KubeObject[], { force: true });
  // As dist/ has it: with no replicas.
  await installRelease(host, tenant, { scratch: state, records: null, place });
  await putCertificates(host, place, certificates);
  await restoreSnapshot(host, place, snapshot, signal);
  await start(host, place, signal);
  await using connection = await openVcluster(host, place, place.namespace, state, signal);
  return await exportObjects($, connection.target);
}

/** Removes what an archive was tried out in, as far as there is any. */
export async function removeScratch(host: Host, id: string, signal: AbortSignal): Promise<void> {
  const { $, target } = host;
  const namespace = scratchNamespace(id);
  if ((await getNamespace(host, namespace)) === undefined) return;
  const release = await getRelease($, target, vclusterName(id), namespace);
  await deleteNamespace(host, namespace, signal);
  await deleteClusterWide(host, clusterWideOf(release));
}

/** What a chart has made outside of its namespace: `kind/name`. */
export function clusterWideOf(release: Awaited<ReturnType<typeof getRelease>>): readonly string[] {
  return (release?.objects ?? [])
    .filter(({ metadata }) => metadata.namespace === undefined)
    .map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
}

export async function deleteClusterWide(
  { $, target }: Host,
  references: readonly string[],
): Promise<void> {
  if (references.length > 0)
    await kubectl($, target, ['delete', '--ignore-not-found', ...references]);
}

/** Where the host's API servers answer: behind the Service, and the Service itself. */
async function apiAddresses({ $, target }: Host): Promise<readonly ApiAddress[]> {
  const [slices, services] = await Promise.all([
    getObjects($, target, [
      '-n',
      'default',
      'endpointslices',
      '--selector',
      'kubernetes.io/service-name=kubernetes',
    ]),
    getObjects($, target, ['-n', 'default', 'service', 'kubernetes']),
  ]);
  const behind = slices.flatMap((slice) => {
    const { endpoints = [], ports = [] } = slice as unknown as {
      endpoints?: readonly { readonly addresses: readonly string[] }[];
      ports?: readonly { readonly port: number }[];
    };
    return endpoints.flatMap(({ addresses }) =>
      addresses.flatMap((address) => ports.map(({ port }) => ({ address, port }))),
    );
  });
  const before = services.flatMap(({ spec }) => {
    const { clusterIP, ports } = spec as { clusterIP: string; ports: readonly { port: number }[] };
    return ports.map(({ port }) => ({ address: clusterIP, port }));
  });
  return [...behind, ...before];
}
