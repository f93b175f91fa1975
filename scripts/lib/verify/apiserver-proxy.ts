import { ExpectedError } from '../cli/errors.ts';
import {
  beyondQuota,
  FIXTURE,
  type HostEndpoints,
  manualEndpoints,
  outcomeOfCall,
  PROBE_PORT,
  probeOf,
  probePod,
  type ProbeResult,
  type ProbeResults,
  resultOf,
  shorten,
  type TenantEndpoints,
} from '@tenantry/isolation';
import type { KubeObject } from '@tenantry/plan';
import { list, mustCreate, objectPath } from '../kube/objects.ts';
import { probeAddress } from './find-endpoints.ts';
import type { TenantFixture, VerifyContext } from './probe-pod.ts';

/** What was answered may be another tenant's, and is not told. */
const ANSWERED = 'answered';

/**
 * A pod that the host refuses exists in the tenant's cluster alone, so its administrator can write
 * any address into its status, and the tenant's API server will dial it: `pods/proxy`.
 */
export async function tryForgedPodIps(
  { image }: Pick<VerifyContext, 'image'>,
  { api, tenant: { id } }: TenantFixture,
  own: TenantEndpoints,
  other: TenantEndpoints | undefined,
  host: HostEndpoints,
): Promise<ProbeResults> {
  const forgedPod = async (name: string, address: string): Promise<KubeObject> => {
    const pod = beyondQuota(
      // The syncer leaves the token of a pod on the host that the host refuses.
      probePod({ image, name: `forged-ip-${name}`, token: false }),
    );
    await mustCreate(api, pod);
    const { body } = await api.send({ path: objectPath(pod) });
    const status = { ...(body['status'] as object), podIP: address, podIPs: [{ ip: address }] };
    const answer = await api.send({
      method: 'PATCH',
      path: `${objectPath(pod)}/status`,
      body: { status },
    });
    if (!answer.ok) throw new ExpectedError(`status of ${pod.metadata.name}: ${answer.message}`);
    return pod;
  };
  const tryOne = async (
    name: string,
    of: string,
    address: string,
    target: string,
    controls: readonly string[],
  ): Promise<ProbeResult> => {
    const pod = await forgedPod(name, address);
    const probe = probeOf('hostile', id, {
      name: name === 'own' ? 'pods-proxy' : `pods-proxy@${name}`,
      attempt: `pods/proxy to ${of}`,
      expected: name === 'own' ? 'allowed' : 'refused',
      controls,
    });
    const [scheme, rest] = target.startsWith('https:') ? ['https:', target.slice(6)] : ['', target];
    const [port, path] = rest.split(' ');
    const answer = await api.send({
      path: `/api/v1/namespaces/${FIXTURE}/pods/${scheme}${pod.metadata.name}:${port}/proxy${path}`,
    });
    if (answer.ok) return resultOf(probe, 'allowed', ANSWERED);
    return answer.status === 401 || answer.status === 403
      ? resultOf(probe, 'refused', shorten(answer.message))
      : { probe, outcome: outcomeOfCall(probe.id, answer.message) };
  };
  const controls = ['pods-proxy'];
  return Promise.all([
    tryOne('own', 'its own pod', probeAddress(own), `${PROBE_PORT} /`, []),
    ...(other === undefined
      ? []
      : [tryOne(other.id, `${other.id}'s pod`, probeAddress(other), `${PROBE_PORT} /`, controls)]),
    // The control plane must reach the host's API; what counts is that it has no rights there.
    tryOne(
      'host-api',
      'the host API: no rights',
      host.apiEndpoint.host,
      `https:${host.apiEndpoint.port} /api/v1/namespaces`,
      controls,
    ),
  ]);
}

/** The kubelet through the tenant's API server. */
export async function tryNodesProxy({ api, tenant: { id } }: TenantFixture): Promise<ProbeResults> {
  const see = probeOf('hostile', id, {
    name: 'nodes',
    attempt: 'its own view of the nodes',
    expected: 'allowed',
  });
  const probe = probeOf('hostile', id, {
    name: 'nodes-proxy',
    attempt: 'nodes/proxy',
    expected: 'refused',
    controls: ['nodes'],
  });
  const name = (await list(api, '/api/v1/nodes'))[0]?.metadata.name;
  if (name === undefined)
    return [resultOf(see, 'refused', 'no nodes'), resultOf(probe, null, 'no nodes')];
  const answer = await api.send({ path: `/api/v1/nodes/${name}/proxy/pods` });
  return [
    resultOf(see, 'allowed', name),
    answer.ok
      ? resultOf(probe, 'allowed', ANSWERED)
      : resultOf(probe, 'refused', shorten(answer.message)),
  ];
}

/** An API server dials only what is the address of a pod that it knows. */
const NO_POD = /no endpoints available/;

/** A pod as an endpoint of a Service, dialled by the tenant's own API server: its own, and another's. */
export async function tryServicesProxy(
  { api, tenant: { id } }: TenantFixture,
  own: TenantEndpoints,
  other: TenantEndpoints | undefined,
): Promise<ProbeResults> {
  const to = async (endpoint: TenantEndpoints): Promise<ProbeResult> => {
    const isOwn = endpoint === own;
    const probe = probeOf('hostile', id, {
      name: isOwn ? 'services-proxy' : `services-proxy@${endpoint.id}`,
      attempt: `services/proxy to ${isOwn ? 'its own' : `${endpoint.id}'s`} pod`,
      expected: isOwn ? 'allowed' : 'refused',
      controls: isOwn ? [] : ['services-proxy'],
    });
    const name = `proxy-${endpoint.id}`;
    for (const object of manualEndpoints(name, probeAddress(endpoint), 'Endpoints'))
      await mustCreate(api, object);
    const path = `/api/v1/namespaces/${FIXTURE}/services/${name}:${PROBE_PORT}/proxy/`;
    const answer = await api.send({ path });
    if (answer.ok) return resultOf(probe, 'allowed', ANSWERED);
    return NO_POD.test(answer.message)
      ? resultOf(probe, 'refused', shorten(answer.message))
      : { probe, outcome: outcomeOfCall(probe.id, answer.message) };
  };
  return Promise.all([to(own), ...(other === undefined ? [] : [to(other)])]);
}
