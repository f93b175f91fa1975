import { afterTurn, type Fleet, type Tenant, type Turn } from '@tenantry/tenants';

/** The tenants that turns concern, as they are afterwards. */
export function livesAfter(
  { tenants }: Pick<Fleet, 'tenants'>,
  turns: readonly Turn[],
): readonly Tenant[] {
  const byId = new Map(turns.map((turn) => [turn.id, turn]));
  return tenants.flatMap((tenant) => {
    const turn = byId.get(tenant.id);
    return turn === undefined ? [] : [afterTurn(tenant, turn)];
  });
}

/** A turn on one line, for people. */
export function describeTurn({ id, from, to, pausedSince, why }: Turn): string {
  const change = from === to ? `${to} since ${pausedSince}` : `${from} → ${to}`;
  const hint =
    to === 'offboarding' ? `; it stays paused until a person runs pnpm offboard ${id}` : '';
  return `${id}: ${change}: ${why}${hint}`;
}
