import type { Plan } from './tenant.ts';

/** Where a plan's own values name a class of the host. */
export const STORAGE_CLASS = [
  'controlPlane',
  'statefulSet',
  'persistence',
  'volumeClaim',
  'storageClass',
] as const;
export const POD_RUNTIME_CLASS = ['sync', 'toHost', 'pods', 'runtimeClassName'] as const;
export const CONTROL_PLANE_RUNTIME_CLASS = [
  'controlPlane',
  'statefulSet',
  'runtimeClassName',
] as const;

/** A text of a plan's own values; null where the plan leaves it out or empty. */
export function planText(
  { vcluster }: Pick<Plan, 'vcluster'>,
  path: readonly string[],
): string | null {
  const found = path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | null | undefined)?.[key],
    vcluster,
  );
  return typeof found === 'string' && found !== '' ? found : null;
}

/** The runtime class that every pod of a tenant on the plan has; null for the host's default. */
export function runtimeClassOf(plan: Pick<Plan, 'vcluster'>): string | null {
  return planText(plan, POD_RUNTIME_CLASS);
}
