import { SERVICE } from '@tenantry/tenants';
import { mustCreate } from '../kube/objects.ts';
import type { TenantPlaces } from './endpoints.ts';
import { shorten } from './api-outcome.ts';
import type { TenantStage } from './probe-pod.ts';
import { handMade, STAGE } from './fixtures.ts';
import { probeOf, type Tried, tried } from './probe-result.ts';

/** Another tenant's pod as an endpoint of a Service, dialled by the tenant's own API server. */
export async function tryServicesProxy(
  { api, tenant: { id } }: TenantStage,
  other: TenantPlaces | undefined,
): Promise<Tried> {
  const to = async (name: string, service: string, namespace: string, of: string) => {
    const isOwn = name === 'services-proxy';
    const probe = probeOf('hostile', id, {
      name,
      attempt: `services/proxy to ${of}`,
      expected: isOwn ? 'allowed' : 'refused',
      twins: isOwn ? [] : ['services-proxy'],
    });
    const path = `/api/v1/namespaces/${namespace}/services/${service}:${SERVICE.port}/proxy/whoami`;
    const answer = await api.send({ path });
    return tried(probe, answer.ok ? 'allowed' : 'refused', shorten(answer.message));
  };
  const own = to('services-proxy', SERVICE.service, SERVICE.namespace, 'its own Service');
  if (other === undefined) return [await own];
  const name = `proxy-${other.id}`;
  for (const object of handMade(name, other.appPod, 'Endpoints')) await mustCreate(api, object);
  return [await own, await to(`services-proxy@${other.id}`, name, STAGE, `${other.id}'s pod`)];
}
