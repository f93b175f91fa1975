import { list } from '../kube/objects.ts';
import { shorten } from './api-outcome.ts';
import type { TenantStage } from './probe-pod.ts';
import { probeOf, type Tried, tried } from './probe-result.ts';

/** The kubelet through the tenant's API server. */
export async function tryNodesProxy({ api, tenant: { id } }: TenantStage): Promise<Tried> {
  const see = probeOf('hostile', id, {
    name: 'nodes',
    attempt: 'its own view of the nodes',
    expected: 'allowed',
  });
  const probe = probeOf('hostile', id, {
    name: 'nodes-proxy',
    attempt: 'nodes/proxy',
    expected: 'refused',
    twins: ['nodes'],
  });
  const name = (await list(api, '/api/v1/nodes'))[0]?.metadata.name;
  if (name === undefined)
    return [tried(see, 'refused', 'no nodes'), tried(probe, null, 'no nodes')];
  const answer = await api.send({ path: `/api/v1/nodes/${name}/proxy/pods` });
  return [
    tried(see, 'allowed', name),
    tried(probe, answer.ok ? 'allowed' : 'refused', shorten(answer.message)),
  ];
}
