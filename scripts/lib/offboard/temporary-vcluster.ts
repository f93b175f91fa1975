import { type ApiAddress, temporaryVclusterObjects } from '@tenantry/manifests';
import {
  CONTROL_PLANE,
  CONTROL_PLANE_INIT,
  temporaryNamespace,
  vclusterName,
} from '@tenantry/tenants';
import { openApi } from '../kube/api-client.ts';
import { listAll } from '../kube/list-objects.ts';
import { apply } from '../kube/server-side-apply.ts';
import type { TenantDist } from '../dist/read.ts';
import { Fault } from '../cli/errors.ts';
import type { Host } from '../cluster/host.ts';
import { getObjects } from '../tools/kubectl.ts';
import { openVcluster } from '../cluster/tenant-connection.ts';
import { installRelease } from '../deploy/vcluster-release.ts';
import { start } from './maintenance-mode.ts';
import type { Archive } from './archive.ts';
import { hasRoom, type KubeObject, type ObjectOf, type Place } from '@tenantry/plan';
import type { V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import { putCertificates } from './certificates.ts';
import { type ExportedObjects, exportObjects } from './export-objects.ts';
import { deleteClusterRoles } from './leftovers.ts';
import { deleteNamespace, getNamespace } from '../kube/namespaces.ts';
import { restoreSnapshot } from './snapshot.ts';

const NEEDED = {
  cpu: Math.max(CONTROL_PLANE.requests.cpu, CONTROL_PLANE_INIT.requests.cpu),
  memory: Math.max(CONTROL_PLANE.requests.memory, CONTROL_PLANE_INIT.requests.memory),
};

/** @throws Fault where the host has no node with room for one more control plane */
export async function checkCapacity({ $, target }: Host, state: string): Promise<void> {
  await using api = await openApi($, target, state);
  const nodes = await listAll(api, { name: 'nodes', kind: 'Node', paths: ['/api/v1/nodes'] });
  const pods = await listAll(api, { name: 'pods', kind: 'Pod', paths: ['/api/v1/pods'] });
  if (hasRoom(nodes, pods, NEEDED)) return;
  throw new Fault({
    what: `no room on ${target.context}`,
    why: 'no node has what a control plane requests, and an archive is tried out in one before anything is deleted',
    todo: 'pause a tenant or add a node, then run the command again',
  });
}

/** Restores a snapshot into a vcluster made for that and removed afterwards; all its objects. */
export async function restoreIntoTemporary(
  host: Host,
  tenant: TenantDist,
  { manifest, snapshot, certificates }: Archive,
  options: { readonly state: string; readonly signal: AbortSignal },
): Promise<ExportedObjects> {
  const { $, target } = host;
  const { state, signal } = options;
  const place: Place = { namespace: temporaryNamespace(tenant.id), name: vclusterName(tenant.id) };
  await removeTemporary(host, tenant.id, options);
  const hostApi = await apiAddresses(host);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => (signal.aborted ? undefined : removeTemporary(host, tenant.id, options)));
  const objects = temporaryVclusterObjects({ tenantId: tenant.id, hostApi });
  await apply($, target, objects as readonly KubeObject[], { force: true });
  // As dist/ has it: with no replicas.
  await installRelease(host, tenant, { scratch: state, records: null, place });
  await putCertificates(host, place, certificates);
  await restoreSnapshot(host, place, snapshot, signal);
  await start(host, place, signal);
  await using connection = await openVcluster(host, place, place.namespace, state, signal);
  const acceptUnreadable = manifest.unreadable;
  return await exportObjects($, connection.target, { ...options, acceptUnreadable });
}

/** Removes what an archive was tried out in, as far as there is any. */
export async function removeTemporary(
  host: Host,
  id: string,
  options: { readonly state: string; readonly signal: AbortSignal },
): Promise<void> {
  const namespace = temporaryNamespace(id);
  if ((await getNamespace(host, namespace)) !== undefined) {
    await deleteNamespace(host, namespace, options);
  }
  await deleteClusterRoles(host, [namespace]);
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
    const { endpoints = [], ports = [] } = slice as ObjectOf<V1EndpointSlice>;
    return endpoints.flatMap(({ addresses }) =>
      addresses.flatMap((address) => ports.map(({ port = 443 }) => ({ address, port }))),
    );
  });
  const before = services.flatMap((service) => {
    const { clusterIP, ports = [] } = (service as ObjectOf<V1Service>).spec ?? {};
    return clusterIP === undefined ? [] : ports.map(({ port }) => ({ address: clusterIP, port }));
  });
  return [...behind, ...before];
}
