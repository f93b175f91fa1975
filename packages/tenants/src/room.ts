import { OVERHEAD_REQUESTS, sum } from './footprint.ts';
import { formatPath } from './fault.ts';
import type { Transition } from './lifecycle.ts';
import { formatBytes, formatCpu } from './quantity.ts';
import type { Fleet, Host, Plan, Resources } from './tenant.ts';

/** A transition that is due, and why it cannot be made now. */
export interface HeldTransition {
  readonly transition: Transition;
  readonly reason: string;
}

export interface PossibleTransitions {
  readonly possible: readonly Transition[];
  readonly held: readonly HeldTransition[];
}

/**
 * Parts the transitions that are due by whether the host's stated capacity has room for them. Those
 * that need none come first, as pauses make room; then who is to run again, in the given order, each
 * who still fits.
 */
export function splitByRoom(
  fleet: Pick<Fleet, 'tenants' | 'hosts'>,
  due: readonly Transition[],
): PossibleTransitions {
  const held = fleet.hosts.flatMap((host) => heldOn(host, fleet, due));
  const isHeld = new Set(held.map(({ transition }) => transition.id));
  return { possible: due.filter(({ id }) => !isHeld.has(id)), held };
}

/** The transitions that a host has no room for. */
function heldOn(
  { name, capacity }: Host,
  fleet: Pick<Fleet, 'tenants' | 'hosts'>,
  due: readonly Transition[],
): readonly HeldTransition[] {
  if (capacity === null) return [];
  const tenants = fleet.tenants.filter(({ host }) => host.name === name);
  const where = fleet.hosts.length === 1 ? 'host' : formatPath(['hosts', name]);
  const byId = new Map(due.map((transition) => [transition.id, transition]));
  const plans = new Map(tenants.map(({ id, plan }) => [id, plan]));
  const running = tenants.filter(
    ({ id, state }) => (byId.get(id)?.to ?? state) === 'active' && state === 'active',
  );
  let used = sum(running.map(({ plan }) => needOf(plan)));
  const held: HeldTransition[] = [];
  for (const transition of due.filter(isResume)) {
    const plan = plans.get(transition.id);
    if (plan === undefined) continue;
    const reason = lackOf({ where, capacity }, used, needOf(plan));
    if (reason === null) used = sum([used, needOf(plan)]);
    else held.push({ transition, reason });
  }
  return held;
}

function isResume({ from, to }: Transition): boolean {
  return to === 'active' && from !== 'active';
}

/** What the rules count for an active tenant. */
function needOf({ requests }: Plan): Resources {
  return sum([requests, OVERHEAD_REQUESTS]);
}

interface StatedCapacity {
  readonly where: string;
  readonly capacity: Resources;
}

function lackOf(
  { where, capacity }: StatedCapacity,
  used: Resources,
  need: Resources,
): string | null {
  const lacks = [
    lack(`${where}.capacity.cpu`, capacity.cpu, used.cpu, need.cpu, formatCpu),
    lack(`${where}.capacity.memory`, capacity.memory, used.memory, need.memory, formatBytes),
  ].filter((text) => text !== null);
  return lacks.length === 0 ? null : lacks.join(', and ');
}

function lack(
  key: string,
  capacity: number,
  used: number,
  need: number,
  format: (amount: number) => string,
): string | null {
  if (used + need <= capacity) return null;
  return `${key} is ${format(capacity)}, the active tenants request ${format(used)}, and this one ${format(need)}`;
}
