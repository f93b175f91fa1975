import { environmentOf } from './dial.ts';
import type { Surroundings, TenantStage } from './probe-pod.ts';
import { probeOf, type Tried, tried } from './probe-result.ts';

/** Secrets that the probe pod has asked for and may not have: its environment must not show them. */
export async function trySecrets(
  { host }: Surroundings,
  { tenant: { id }, pod, secret, foreign }: TenantStage,
): Promise<Tried> {
  const variables = ['OWN_SECRET', ...foreign.map(({ variable }) => variable)];
  const found = await environmentOf(host.$, host.target, pod, variables);
  const own = probeOf('hostile', id, {
    name: 'secret',
    attempt: 'its own Secret in a pod',
    expected: 'allowed',
  });
  return [
    tried(own, found['OWN_SECRET'] === secret ? 'allowed' : 'refused'),
    ...foreign.map(({ variable, name }) => {
      const probe = probeOf('hostile', id, {
        name: `secret@${name}`,
        attempt: `Secret ${name} in a pod`,
        expected: 'refused',
        twins: ['secret'],
      });
      return found[variable] === null
        ? tried(probe, 'refused', 'empty')
        : tried(probe, 'allowed', 'readable');
    }),
  ];
}
