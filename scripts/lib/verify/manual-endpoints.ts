import {
  manualEndpoints,
  type NetworkProbe,
  PROBE_PORT,
  probeOf,
  type ProbeResults,
  resultOf,
  type TenantEndpoints,
} from '@tenantry/isolation';
import { hostNamespace } from '@tenantry/tenants';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectOf } from '@tenantry/plan';
import type { V1Service } from '@tenantry/kube-library';
import type { Api } from '../kube/api-client.ts';
import { list, mustCreate } from '../kube/objects.ts';
import { dialProbes } from './connectivity.ts';
import { dialFrom } from './dial.ts';
import { probeAddress } from './find-endpoints.ts';
import type { TenantFixture, VerifyContext } from './probe-pod.ts';
import { syncedObjects, virtualName } from './synced-objects.ts';

const FORMS = ['Endpoints', 'EndpointSlice'] as const;

interface Made {
  readonly form: (typeof FORMS)[number];
  readonly endpoint: TenantEndpoints;
  /** Of the Service, in the tenant's cluster. */
  readonly name: string;
}

/** An address put behind a Service of the tenant's own by hand, and a packet to that Service. */
export async function tryManualEndpoints(
  context: VerifyContext,
  { api, tenant: { id }, pod }: TenantFixture,
  own: TenantEndpoints,
  other: TenantEndpoints | undefined,
): Promise<ProbeResults> {
  const { host, hostApi, signal } = context;
  const made = FORMS.flatMap((form) =>
    [own, ...(other === undefined ? [] : [other])].map((endpoint): Made => ({
      form,
      endpoint,
      name: `${form.toLowerCase()}-${endpoint.id}`,
    })),
  );
  for (const { form, endpoint, name } of made)
    for (const object of manualEndpoints(name, probeAddress(endpoint), form))
      await mustCreate(api, object);
  const onHost = await lookOnHost(hostApi, id, made, signal);

  const packets = made.flatMap((one): readonly NetworkProbe[] => {
    const found = onHost.get(one.name);
    if (found === undefined) return [];
    const isOwn = one.endpoint === own;
    // What never comes to the host cannot lead to the tenant's own pod either.
    if (isOwn && !found.hasEndpoints) return [];
    const control = `manual-${one.form.toLowerCase()}`;
    const probe = probeOf('hostile', id, {
      name: isOwn ? control : `${control}@${one.endpoint.id}`,
      attempt: `manual ${one.form} to ${isOwn ? 'its own' : `${one.endpoint.id}'s`} pod`,
      expected: isOwn ? 'allowed' : 'refused',
      controls: isOwn ? [] : [found.hasEndpoints ? control : 'inside/service'],
    });
    const dial = { id: probe.id, host: found.address, port: PROBE_PORT };
    return [{ ...probe, from: id, leadsTo: null, dial }];
  });
  const outcomes = await dialProbes(
    packets,
    (dials) => dialFrom(host.$, host.target, pod, dials),
    signal,
  );
  return packets.map(({ from: _from, dial: _dial, leadsTo: _leadsTo, ...probe }) => {
    const outcome = outcomes.find((one) => one.id === probe.id);
    if (outcome === undefined) return resultOf(probe, null, 'was not run');
    const kept = probe.controls.some((control) => control.endsWith('inside/service'));
    const detail = kept ? `${outcome.detail}; made inside, not on the host` : outcome.detail;
    return { probe, outcome: { ...outcome, detail } };
  });
}

interface OnHost {
  readonly address: string;
  /** Whether what was put behind the Service has come to the host. */
  readonly hasEndpoints: boolean;
}

const ROUNDS = 20;
const LOOK_MILLISECONDS = 300;

/** Waits until the host has every Service and what is behind it, or plainly keeps the latter out. */
async function lookOnHost(
  hostApi: Api,
  id: string,
  made: readonly Made[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, OnHost>> {
  const slicesPath = `/apis/discovery.k8s.io/v1/namespaces/${hostNamespace(id)}/endpointslices`;
  for (let round = 1; ; round += 1) {
    const [services, slices] = await Promise.all([
      syncedObjects(hostApi, id, 'services'),
      list(hostApi, slicesPath),
    ]);
    const served = new Set(
      slices.map(({ metadata }) => metadata.labels?.['kubernetes.io/service-name']),
    );
    const found = new Map(
      services.map((service) => [
        virtualName(service),
        {
          address: (service as ObjectOf<V1Service>).spec?.clusterIP ?? '',
          hasEndpoints: served.has(service.metadata.name),
        },
      ]),
    );
    const complete = made.every(({ name }) => found.get(name)?.hasEndpoints === true);
    if (complete || round === ROUNDS) return found;
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  }
}
