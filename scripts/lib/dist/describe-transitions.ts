import {
  applyTransition,
  type Fleet,
  type HeldTransition,
  type PossibleTransitions,
  type Tenant,
  type Transition,
} from '@tenantry/tenants';

/** The tenants that transitions concern, as they are afterwards. */
export function tenantsAfter(
  { tenants }: Pick<Fleet, 'tenants'>,
  transitions: readonly Transition[],
): readonly Tenant[] {
  const byId = new Map(transitions.map((transition) => [transition.id, transition]));
  return tenants.flatMap((tenant) => {
    const transition = byId.get(tenant.id);
    return transition === undefined ? [] : [applyTransition(tenant, transition)];
  });
}

/** A line for each tenant, for people; one line that says so where nothing is due. */
export function describeTransitions(
  { possible, held }: PossibleTransitions,
  today: string,
): readonly string[] {
  const lines = [...possible.map(describeTransition), ...held.map(describeHeld)];
  return lines.length === 0 ? [`nothing is due on ${today}`] : lines;
}

export function describeTransition({ id, from, to, pausedSince, why }: Transition): string {
  const change = from === to ? `${to} since ${pausedSince}` : `${from} → ${to}`;
  const hint =
    to === 'offboarding' ? `; it stays paused until a person runs pnpm offboard ${id}` : '';
  return `${id}: ${change}: ${why}${hint}`;
}

export function describeHeld({ transition: { id, from, to, why }, reason }: HeldTransition): string {
  return `${id}: stays ${from}, ${to} is due (${why}): no room: ${reason}; raise the capacity, or pause tenants`;
}
