import { FIXTURE } from './fixtures.ts';
import { hostRequests, workloadRequests } from './syncer-host-requests.ts';
import { podRequests } from './syncer-pod-requests.ts';
import { claimRequests, recordRequests, serviceRequests } from './syncer-record-requests.ts';
import {
  claimPath,
  configMap,
  deletion,
  type HostRequest,
  labelled,
  secret,
  statusOf,
  type SyncerControl,
  type SyncerRequest,
  type SyncerTargets,
} from './syncer-request.ts';

export function syncerControls({
  namespace,
  pod,
  service,
  claim,
}: SyncerTargets): readonly SyncerControl[] {
  const core = `/api/v1/namespaces/${namespace}`;
  const control = (
    name: string,
    text: string,
    method: HostRequest['method'],
    path: string,
    body?: object,
  ): SyncerControl => ({
    name,
    text,
    request: { method, path: `${core}/${path}`, ...(body && { body }) },
  });
  const podPath = `pods/${pod.metadata.name}`;
  return [
    control('configmap', 'ConfigMap', 'POST', 'configmaps', configMap(`${FIXTURE}-new`)),
    control('secret', 'Secret', 'POST', 'secrets', secret(`${FIXTURE}-new`, 'Opaque')),
    control('pod-update', 'label on its pod', 'PUT', podPath, labelled(pod)),
    control('pod-status', 'condition of its pod', 'PUT', `${podPath}/status`, {
      ...pod,
      status: {
        ...statusOf(pod),
        conditions: [
          ...((statusOf(pod)['conditions'] ?? []) as object[]),
          { type: 'tenantry.dev/verify', status: 'True' },
        ],
      },
    }),
    control('pod-delete', 'end of its pod', 'DELETE', podPath, deletion(0)),
    control('claim-update', 'label on its claim', 'PUT', claimPath(claim), labelled(claim)),
    control(
      'service-update',
      'label on its Service',
      'PUT',
      `services/${service.metadata.name}`,
      labelled(service),
    ),
  ];
}

/** All that is tried beyond the making of pods, Services and claims. */
export function syncerRequests(targets: SyncerTargets): readonly SyncerRequest[] {
  return [
    ...podRequests(targets),
    ...recordRequests(targets),
    ...claimRequests(targets),
    ...serviceRequests(targets),
    ...workloadRequests(targets),
    ...hostRequests(targets),
  ];
}
