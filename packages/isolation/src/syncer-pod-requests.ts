import { SYNCED_LABEL } from '@tenantry/tenants';
import type { KubeObject } from '@tenantry/plan';
import { FIXTURE } from './fixtures.ts';
import {
  deletion,
  type Fields,
  labelled,
  maker,
  specOf,
  statusOf,
  type SyncerRequest,
  type SyncerTargets,
} from './syncer-request.ts';

/** The longest that a pod may be told to take, in seconds; ten minutes are plenty. */
const ELEVEN_DAYS = 11 * 24 * 3600;

export function podRequests({
  namespace,
  pod,
  controlPlane,
  foreignAddress,
}: SyncerTargets): readonly SyncerRequest[] {
  const core = `/api/v1/namespaces/${namespace}`;
  const path = `pods/${pod.metadata.name}`;
  const itself = `pods/${controlPlane.metadata.name}`;
  const status = maker(core, 'pod-status');
  const forged = (of: KubeObject, change: Fields) => ({
    ...of,
    status: { ...statusOf(of), ...change },
  });
  const address = { podIP: foreignAddress, podIPs: [{ ip: foreignAddress }] };
  const update = maker(core, 'pod-update');
  const remove = maker(core, 'pod-delete');
  const spec = specOf(controlPlane);
  const [container, ...others] = spec['containers'] as readonly Fields[];
  const { [SYNCED_LABEL]: _mark, ...unmarked } = pod.metadata.labels ?? {};
  const debugging = {
    ...controlPlane,
    spec: {
      ...spec,
      ephemeralContainers: [
        { name: FIXTURE, image: FIXTURE, ...hardened(container?.['securityContext']) },
      ],
    },
  };
  return [
    status('status-pod-ip', 'false podIP of a pod', 'PUT', `${path}/status`, forged(pod, address)),
    status('status-host-ip', 'false hostIP of a pod', 'PUT', `${path}/status`, {
      ...forged(pod, { hostIP: '203.0.113.7', hostIPs: [{ ip: '203.0.113.7' }] }),
    }),
    status(
      'status-phase',
      'false phase of a pod',
      'PUT',
      `${path}/status`,
      forged(pod, { phase: 'Succeeded' }),
    ),
    status(
      'status-labels',
      'labels of a pod, by its status',
      'PUT',
      `${path}/status`,
      labelled(pod),
    ),
    status(
      'status-control-plane',
      'false podIP of its control plane',
      'PUT',
      `${itself}/status`,
      forged(controlPlane, address),
    ),
    update('control-plane-image', 'other image in its control plane', 'PUT', itself, {
      ...controlPlane,
      spec: { ...spec, containers: [{ ...container, image: FIXTURE }, ...others] },
    }),
    update('control-plane-labels', 'labels of its control plane', 'PUT', itself, {
      ...labelled(controlPlane),
    }),
    update(
      'ephemeral',
      'ephemeral container in its control plane',
      'PUT',
      `${itself}/ephemeralcontainers`,
      debugging,
    ),
    update('unmark', 'pod without the mark that policies go by', 'PUT', path, {
      ...pod,
      metadata: { ...pod.metadata, labels: unmarked },
    }),
    remove('control-plane-delete', 'end of its control plane', 'DELETE', itself, deletion(0)),
    remove(
      'long-goodbye',
      'pod that takes eleven days to end, by its deletion',
      'DELETE',
      path,
      deletion(ELEVEN_DAYS),
    ),
    update('evict', 'eviction of its control plane', 'POST', `${itself}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: controlPlane.metadata.name },
    }),
    update('bind', 'pod bound to a node', 'POST', `${path}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: pod.metadata.name },
      target: { kind: 'Node', name: FIXTURE },
    }),
  ];
}

function hardened(securityContext: unknown): object {
  return securityContext === undefined ? {} : { securityContext };
}
