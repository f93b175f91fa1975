import { SERVICE } from '@tenantry/tenants';

import { mustCreate, objectPath, type NewObject } from '../kube/objects.ts';
import type { HostPlaces, TenantPlaces } from './endpoints.ts';
import { beyondQuota } from './pod-attacks.ts';
import { outcomeOfCall, shorten } from './api-outcome.ts';
import type { TenantStage } from './probe-pod.ts';
import { probePod, STAGE } from './fixtures.ts';
import { probeOf, type Tried, tried, type Try } from './probe-result.ts';

/**
 * A pod that the host refuses exists in the tenant's cluster alone, so its administrator can write
 * any address into its status, and the tenant's API server will dial it: `pods/proxy`.
 */
export async function tryPuppets(
  { api, tenant }: TenantStage,
  own: TenantPlaces,
  other: TenantPlaces | undefined,
  host: HostPlaces,
): Promise<Tried> {
  const { id } = tenant;
  const puppet = async (name: string, address: string): Promise<NewObject> => {
    const pod = beyondQuota(
      // The syncer leaves the token of a pod on the host that the host refuses.
      probePod({ image: tenant.image, name: `puppet-${name}`, token: false }),
    );
    await mustCreate(api, pod);
    const { body } = await api.send({ path: objectPath(pod) });
    const status = { ...(body['status'] as object), podIP: address, podIPs: [{ ip: address }] };
    const answer = await api.send({
      method: 'PATCH',
      path: `${objectPath(pod)}/status`,
      body: { status },
    });
    if (!answer.ok) throw new Error(`status of ${pod.metadata.name}: ${answer.message}`);
    return pod;
  };
  const tryOne = async (
    name: string,
    of: string,
    address: string,
    target: string,
    twins: readonly string[],
  ): Promise<Try> => {
    const pod = await puppet(name, address);
    const probe = probeOf('hostile', id, {
      name: name === 'own' ? 'pods-proxy' : `pods-proxy@${name}`,
      attempt: `pods/proxy to ${of}`,
      expected: name === 'own' ? 'allowed' : 'refused',
      twins,
    });
    const [scheme, rest] = target.startsWith('https:') ? ['https:', target.slice(6)] : ['', target];
    const [port, path] = rest.split(' ');
    const answer = await api.send({
      path: `/api/v1/namespaces/${STAGE}/pods/${scheme}${pod.metadata.name}:${port}/proxy${path}`,
    });
    if (answer.ok) return tried(probe, 'allowed', shorten(answer.message));
    return answer.status === 401 || answer.status === 403
      ? tried(probe, 'refused', shorten(answer.message))
      : { probe, outcome: outcomeOfCall(probe.id, answer.message) };
  };
  const twins = ['pods-proxy'];
  return Promise.all([
    tryOne('own', 'its own pod', own.appPod, `${SERVICE.port} /whoami`, []),
    ...(other === undefined
      ? []
      : [tryOne(other.id, `${other.id}'s pod`, other.appPod, `${SERVICE.port} /whoami`, twins)]),
    // The control plane must reach the host's API; what counts is that it has no rights there.
    tryOne(
      'host-api',
      'the host API: no rights',
      host.apiEndpoint.host,
      `https:${host.apiEndpoint.port} /api/v1/namespaces`,
      twins,
    ),
  ]);
}
