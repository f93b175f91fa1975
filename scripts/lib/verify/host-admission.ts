import {
  asNew,
  attacks,
  type Benign,
  benignClaim,
  benignService,
  type NewObject,
  outcomeOfCreate,
  type Probe,
  probeOf,
  type ProbeResults,
  syncerAttacks,
} from '@tenantry/isolation';
import { hostNamespace, vclusterName } from '@tenantry/tenants';
import { create } from '../kube/objects.ts';
import type { TenantFixture, VerifyContext } from './probe-pod.ts';

/** The syncer of a tenant as the host's API server knows it. */
export function syncerOf(id: string): string {
  return `system:serviceaccount:${hostNamespace(id)}:vc-${vclusterName(id)}`;
}

/** The host's own layer: would it take from the syncer what the tenant asks for? Stores nothing. */
export async function tryHostAdmission(
  { hostApi }: Pick<VerifyContext, 'hostApi'>,
  { tenant: { id }, hostPod }: Pick<TenantFixture, 'tenant' | 'hostPod'>,
): Promise<ProbeResults> {
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
  const harmful = [...attacks(benign), ...syncerAttacks(benign, namespace, id)].map(
    ({ name, text, control, object }) => {
      const probe = probeOf('hostile', id, {
        name: `host/${name}`,
        attempt: `on the host: ${text}`,
        expected: 'refused',
        controls: [`host/${control}`],
      });
      return ask(probe, object);
    },
  );
  return Promise.all([...harmless, ...harmful]);
}
