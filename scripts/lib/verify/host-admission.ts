import { hostNamespace, vclusterName } from '@tenantry/tenants';
import type { Benign } from './attack.ts';
import { asNew, attempts, benignClaim, benignService } from './attacks.ts';
import { create, type NewObject } from '../kube/objects.ts';
import type { Probe } from './probe.ts';
import { outcomeOfCreate } from './api-outcome.ts';
import type { Surroundings, TenantStage } from './probe-pod.ts';
import { syncerAttempts } from './syncer-attacks.ts';
import { probeOf, type Tried } from './probe-result.ts';

/** The syncer of a tenant as the host's API server knows it. */
export function syncerOf(id: string): string {
  return `system:serviceaccount:${hostNamespace(id)}:vc-${vclusterName(id)}`;
}

/** The host's own layer: would it take from the syncer what the tenant asks for? Stores nothing. */
export async function tryOnHost(
  { hostApi }: Pick<Surroundings, 'hostApi'>,
  { tenant: { id }, hostPod }: Pick<TenantStage, 'tenant' | 'hostPod'>,
): Promise<Tried> {
  const namespace = hostNamespace(id);
  const benign: Benign = {
    pod: asNew(hostPod),
    service: benignService(namespace),
    claim: benignClaim(namespace),
  };
  const ask = async (probe: Probe, object: NewObject) => {
    const answer = await create(hostApi, object, { dryRun: true, as: syncerOf(id) });
    return { probe, outcome: outcomeOfCreate(probe.id, answer) };
  };
  const harmless = (['pod', 'service', 'claim'] as const).map((kind) => {
    const attempt = `on the host: harmless ${kind}`;
    const probe = probeOf('hostile', id, { name: `host/${kind}`, attempt, expected: 'allowed' });
    return ask(probe, benign[kind]);
  });
  const harmful = [...attempts(benign), ...syncerAttempts(benign, namespace, id)].map(
    ({ name, text, twin, object }) => {
      const probe = probeOf('hostile', id, {
        name: `host/${name}`,
        attempt: `on the host: ${text}`,
        expected: 'refused',
        twins: [`host/${twin}`],
      });
      return ask(probe, object);
    },
  );
  return Promise.all([...harmless, ...harmful]);
}
