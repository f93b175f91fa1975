import {
  type Attack,
  attacks,
  hostVolume,
  hostVolumeClaim,
  type Outcome,
  outcomeOfCreate,
  probeOf,
  type ProbeResult,
  type ProbeResults,
  resultOf,
  shorten,
} from '@tenantry/isolation';
import { syncedName } from '@tenantry/tenants';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '@tenantry/plan';
import type { ApiAnswer } from '../kube/api-client.ts';
import { benignInside } from './planned.ts';
import { create, list, mustCreate } from '../kube/objects.ts';
import type { TenantFixture, VerifyContext } from './probe-pod.ts';
import { type Made, syncResults } from './sync-results.ts';
import { syncedObjects, virtualName } from './synced-objects.ts';

/**
 * Inside, as the tenant's administrator. What admission inside does not refuse is made for real, if
 * the host's layer has just refused it; then nothing of it may be found on the host.
 */
export async function tryVirtualAdmission(
  context: VerifyContext,
  fixture: TenantFixture,
  onHost: ProbeResults,
): Promise<ProbeResults> {
  const { api, tenant } = fixture;
  const { id } = tenant;
  const benign = benignInside(context.image);
  const refusedOnHost = new Set(
    onHost.filter(({ outcome }) => outcome.seen === 'refused').map(({ probe }) => probe.id),
  );
  const made: Made[] = [];
  const tryOne = async ({
    name,
    text,
    object,
    control,
    hasEffect,
  }: Attack): Promise<ProbeResults> => {
    const probe = probeOf('hostile', id, {
      name: `inside/${name}`,
      attempt: `inside: ${text}`,
      expected: 'refused',
      controls: [`inside/${control}`],
    });
    const asked = await create(api, object, { dryRun: true });
    if (!asked.ok) return [{ probe, outcome: outcomeInside(probe.id, asked, object, id) }];
    if (!refusedOnHost.has(`${id}/hostile/host/${name}`)) {
      return [resultOf(probe, null, 'not tried for real: the host would take it')];
    }
    // Of some kinds the host is asked at once, but not in a dry run.
    const answer = await create(api, object);
    if (!answer.ok) return [{ probe, outcome: outcomeInside(probe.id, answer, object, id) }];
    made.push({ probe, object, ...(hasEffect && { hasEffect }) });
    return [];
  };
  const harmless = async (kind: 'pod' | 'claim'): Promise<ProbeResult> => {
    const attempt = `inside: harmless ${kind}`;
    const probe = probeOf('hostile', id, { name: `inside/${kind}`, attempt, expected: 'allowed' });
    const answer = await create(api, benign[kind], { dryRun: true });
    return { probe, outcome: outcomeOfCreate(probe.id, answer) };
  };
  const refused = await Promise.all(attacks(benign).map(tryOne));
  for (const object of [hostVolume(id), hostVolumeClaim(id)]) await mustCreate(api, object);
  // The last thing made: once the host has it, the syncer has seen all before it.
  await mustCreate(api, benign.service);
  return [
    await harmless('pod'),
    await harmless('claim'),
    await arrival(context, id, benign.service.metadata.name),
    ...refused.flat(),
    ...(await syncResults(context, fixture, made)),
    ...(await traces(context, id)),
  ];
}

/** Rules that the tenant has made: it can take them away again, so their refusal proves nothing. */
const OWN_RULES = /admission webhook|AdmissionPolicy/;

/**
 * What a tenant's own API server answered to a creation. Of some kinds the syncer asks the host at
 * once: then the refusal begins with the object's name there.
 */
export function outcomeInside(
  id: string,
  answer: ApiAnswer,
  { metadata }: KubeObject,
  tenant: string,
): Outcome {
  const onHost = syncedName(metadata.name, metadata.namespace ?? '', tenant);
  const byHost = (answer.message.split(':')[0] ?? '').endsWith(` "${onHost}" is forbidden`);
  if (!answer.ok && !byHost && OWN_RULES.test(answer.message))
    return { id, seen: null, detail: `the tenant's own rules: ${shorten(answer.message)}` };
  return outcomeOfCreate(id, answer);
}

const SYNC_TIMEOUT_MILLISECONDS = 15_000;
const LOOK_MILLISECONDS = 500;

async function arrival(
  { hostApi, signal }: VerifyContext,
  id: string,
  name: string,
): Promise<ProbeResult> {
  const probe = probeOf('hostile', id, {
    name: 'inside/service',
    attempt: 'inside: harmless Service comes to the host',
    expected: 'allowed',
  });
  const end = performance.now() + SYNC_TIMEOUT_MILLISECONDS;
  do {
    const services = await syncedObjects(hostApi, id, 'services');
    if (services.some((service) => virtualName(service) === name))
      return resultOf(probe, 'allowed');
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  } while (performance.now() < end);
  return resultOf(probe, 'refused', 'did not come to the host');
}

/** What is never synced must leave nothing on the host. */
async function traces({ hostApi }: VerifyContext, id: string): Promise<ProbeResults> {
  const [volumes, policies] = await Promise.all([
    list(hostApi, '/api/v1/persistentvolumes'),
    syncedObjects(hostApi, id, 'networkpolicies', '/apis/networking.k8s.io/v1'),
  ]);
  const volume = hostVolume(id).metadata.name;
  const found = {
    'host-volume': volumes.filter(
      (object) => object.metadata.name === volume || virtualName(object) === volume,
    ),
    'network-policy': policies,
  };
  const texts = {
    'host-volume': 'hostPath PersistentVolume and a claim on it',
    'network-policy': 'NetworkPolicy with egress: [{}]',
  };
  return (['host-volume', 'network-policy'] as const).map((name) => {
    const probe = probeOf('hostile', id, {
      name: `inside/${name}`,
      attempt: `inside: ${texts[name]}`,
      expected: 'refused',
      controls: ['inside/service'],
    });
    const names = found[name].map(({ metadata }) => metadata.name).join(', ');
    return names === ''
      ? resultOf(probe, 'refused', 'made inside, nothing of it on the host')
      : resultOf(probe, 'allowed', `on the host: ${names}`);
  });
}
