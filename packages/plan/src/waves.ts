import type { WantedTenant } from './wanted.ts';

/** Tenants that are deployed side by side. */
export interface RolloutWave<T> {
  readonly name: string;
  readonly tenants: readonly T[];
}

/** Tenants by their waves, in the order of the rollout; a wave without tenants is none. */
export function wavesOf<T extends Pick<WantedTenant, 'wave'>>(
  tenants: readonly T[],
): readonly RolloutWave<T>[] {
  const byOrder = Map.groupBy(tenants, ({ wave }) => wave.order);
  return [...byOrder]
    .sort(([one], [other]) => one - other)
    .map(([, members]) => ({ name: members[0]?.wave.name ?? '', tenants: members }));
}
