import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt, Benign } from './attack.ts';
import { attempts, benignClaim, benignService } from './attacks.ts';
import { fates, type Made } from './sync-results.ts';
import { create, list, mustCreate } from '../kube/objects.ts';
import { outcomeOfCreate } from './api-outcome.ts';
import { counterparts, virtualName } from './synced-objects.ts';
import type { Surroundings, TenantStage } from './probe-pod.ts';
import { probePod, STAGE } from './fixtures.ts';
import { hostVolume, hostVolumeClaim } from './syncer-attacks.ts';
import { probeOf, type Tried, tried, type Try } from './probe-result.ts';

/**
 * Inside, as the tenant's administrator. What admission inside does not refuse is made for real, if
 * the host's layer has just refused it; then nothing of it may be found on the host.
 */
export async function tryInside(
  surroundings: Surroundings,
  stage: TenantStage,
  onHost: Tried,
): Promise<Tried> {
  const { api, tenant } = stage;
  const { id } = tenant;
  const benign: Benign = {
    // The syncer leaves the token of a pod on the host that the host refuses.
    pod: probePod({ image: tenant.image, name: `${STAGE}-again`, token: false }),
    service: benignService(STAGE),
    claim: benignClaim(STAGE),
  };
  const refusedOnHost = new Set(
    onHost.filter(({ outcome }) => outcome.seen === 'refused').map(({ probe }) => probe.id),
  );
  const made: Made[] = [];
  const tryOne = async ({ name, text, object, twin, hasEffect }: Attempt): Promise<Tried> => {
    const probe = probeOf('hostile', id, {
      name: `inside/${name}`,
      attempt: `inside: ${text}`,
      expected: 'refused',
      twins: [`inside/${twin}`],
    });
    const asked = await create(api, object, { dryRun: true });
    if (!asked.ok) return [{ probe, outcome: outcomeOfCreate(probe.id, asked) }];
    if (!refusedOnHost.has(`${id}/hostile/host/${name}`)) {
      return [tried(probe, null, 'not tried for real: the host would take it')];
    }
    // Of some kinds the host is asked at once, but not in a dry run.
    const answer = await create(api, object);
    if (!answer.ok) return [{ probe, outcome: outcomeOfCreate(probe.id, answer) }];
    made.push({ probe, object, ...(hasEffect && { hasEffect }) });
    return [];
  };
  const harmless = async (kind: 'pod' | 'claim'): Promise<Try> => {
    const attempt = `inside: harmless ${kind}`;
    const probe = probeOf('hostile', id, { name: `inside/${kind}`, attempt, expected: 'allowed' });
    const answer = await create(api, benign[kind], { dryRun: true });
    return { probe, outcome: outcomeOfCreate(probe.id, answer) };
  };
  const refused = await Promise.all(attempts(benign).map(tryOne));
  for (const object of [hostVolume(id), hostVolumeClaim(id)]) await mustCreate(api, object);
  // The last thing made: once the host has it, the syncer has seen all before it.
  await mustCreate(api, benign.service);
  return [
    await harmless('pod'),
    await harmless('claim'),
    await arrival(surroundings, id, benign.service.metadata.name),
    ...refused.flat(),
    ...(await fates(surroundings, stage, made)),
    ...(await traces(surroundings, id)),
  ];
}

const SYNC_TIMEOUT_MILLISECONDS = 15_000;
const LOOK_MILLISECONDS = 500;

async function arrival({ hostApi, signal }: Surroundings, id: string, name: string): Promise<Try> {
  const probe = probeOf('hostile', id, {
    name: 'inside/service',
    attempt: 'inside: harmless Service comes to the host',
    expected: 'allowed',
  });
  const end = performance.now() + SYNC_TIMEOUT_MILLISECONDS;
  do {
    const services = await counterparts(hostApi, id, 'services');
    if (services.some((service) => virtualName(service) === name)) return tried(probe, 'allowed');
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  } while (performance.now() < end);
  return tried(probe, 'refused', 'did not come to the host');
}

/** What is never synced must leave nothing on the host. */
async function traces({ hostApi }: Surroundings, id: string): Promise<Tried> {
  const [volumes, policies] = await Promise.all([
    list(hostApi, '/api/v1/persistentvolumes'),
    counterparts(hostApi, id, 'networkpolicies', '/apis/networking.k8s.io/v1'),
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
      twins: ['inside/service'],
    });
    const names = found[name].map(({ metadata }) => metadata.name).join(', ');
    return names === ''
      ? tried(probe, 'refused', 'made inside, nothing of it on the host')
      : tried(probe, 'allowed', `on the host: ${names}`);
  });
}
