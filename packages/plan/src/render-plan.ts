import type { Change } from './change.ts';
import { describeObstacle, describeReason, describeVersions } from './describe.ts';
import { many, named, orphanLines } from './wording.ts';
import type { FieldChange } from './field-diff.ts';
import type { Plan } from './plan.ts';
import type { TenantPlan } from './plan-tenant.ts';
import type { Risk } from './risks/risk.ts';
import { riskCounts, riskLines } from './risks/render-risks.ts';

/** How long a value may be before it is cut. */
const MAX_VALUE_LENGTH = 80;

/**
 * A plan for people: a line per change, the fields that differ beneath, what it adds up to last. Of
 * several hosts, it says in the end which it is of.
 */
export function renderPlan(plan: Plan, { several = false } = {}): string {
  const lines = [
    ...section(`${plan.context}, for all tenants`, plan.hostWide, plan.risks, null),
    ...renderTenants(plan),
    ...orphanLines(plan.orphans),
    `${several ? `${plan.context}: ` : ''}${summary(plan)}`,
  ];
  return lines.join('\n');
}

/** Where there are several waves, each beneath its own line. */
function renderTenants({ tenants, waves }: Plan): readonly string[] {
  if (waves.length <= 1) return tenants.flatMap(renderTenant);
  return waves.flatMap(({ name, tenants: members }, index) => {
    const ids = new Set(members);
    return [
      `wave ${index + 1} of ${waves.length}, ${name}: ${named(members)}`,
      ...tenants.filter(({ id }) => ids.has(id)).flatMap(renderTenant),
    ];
  });
}

function renderTenant(tenant: TenantPlan): readonly string[] {
  const { id, state, obstacle, changes, deferred, unseen, leftAlone, forged, risks } = tenant;
  if (obstacle !== null) {
    return [`${id} (${state}):`, `  ! ${obstacle.what}: ${obstacle.why}\n    → ${obstacle.todo}`];
  }
  const lines = section(`${id} (${state})`, changes, risks, id);
  const more = [
    ...forged.map(({ secret, why }) => `  - v1 Secret ${secret}: forged: ${why}`),
    ...(unseen === null ? [] : [`  ? its own cluster could not be compared: ${unseen}`]),
    ...deferred.map((object) => `  … ${object}: deferred until resume`),
    ...leftAlone.map((object) => `  ! ${object} left alone: not this tenant's`),
    ...(state === 'offboarding' ? [`  → held paused: pnpm offboard ${id}`] : []),
  ];
  if (lines.length > 0) return [...lines, ...more];
  return more.length > 0 ? [`${id} (${state}): nothing to change`, ...more] : [];
}

function section(
  title: string,
  changes: readonly Change[],
  risks: readonly Risk[],
  id: string | null,
): readonly string[] {
  if (changes.length === 0) return [];
  return [
    `${title}:`,
    ...changes.flatMap((change) => renderChange(change, id)),
    ...risks.flatMap((risk) => riskLines(risk, risk.object)).map((line) => `  ${line}`),
  ];
}

function renderChange(change: Change, id: string | null): readonly string[] {
  switch (change.kind) {
    case 'create':
      return [`  + ${change.object}`];
    case 'update':
      return [
        `  ~ ${change.object}${change.force && change.layer === 'virtual' ? ' (taken over)' : ''}`,
        ...change.fields.map(renderField),
        ...change.leaves.map((field) => `      ${field}: left to an autoscaler`),
      ];
    case 'delete':
      return [`  - ${change.object}`];
    case 'recreate':
      return [`  ± ${change.object}: deleted and made anew: ${change.why}`];
    case 'conflict':
    case 'refused':
      return [`  ! ${describeObstacle(change, id).replaceAll('\n', '\n  ')}`];
    case 'install':
      return [`  + vcluster ${change.chartVersion}`];
    case 'upgrade':
      return [
        ...(change.leaves === null
          ? []
          : [`  + snapshot of ${describeVersions(change.leaves)}, in archives/`]),
        `  ~ vcluster: ${change.reasons.map(describeReason).join(', ')}`,
        ...change.reasons.flatMap((reason) =>
          reason.what === 'values' ? reason.fields.map(renderField) : [],
        ),
      ];
    case 'scale':
      return [
        `  ~ control plane: ${change.from} → ${change.to} replicas`,
        ...change.barePods.map((pod) => `      ends pod ${pod}, which nothing makes again`),
      ];
    case 'forget-pause':
      return [`  ~ notes of a foreign \`vcluster pause\` are removed`];
    default:
      return [change.pods === 0 ? '  - the control plane, which ends' : `  - ${change.pods} pods`];
  }
}

function renderField({ path, from, to }: FieldChange): string {
  return `      ${path}: ${shown(from)} → ${shown(to)}`;
}

function shown(value: unknown): string {
  if (value === undefined) return '(none)';
  const text = JSON.stringify(value);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}

function summary({ hostWide, risks, tenants }: Plan): string {
  const touched = tenants.filter(({ changes }) => changes.length > 0).length;
  const refused = tenants.filter(({ obstacle }) => obstacle !== null).length;
  const changes = hostWide.length + tenants.reduce((sum, tenant) => sum + tenant.changes.length, 0);
  const unseen = tenants.filter((tenant) => tenant.unseen !== null).length;
  const tail = [
    unseen > 0 ? `; ${unseen} could not be compared as a whole` : '',
    refused > 0 ? `; ${refused} cannot be deployed` : '',
  ].join('');
  if (changes === 0) {
    const same = tenants.length - unseen - refused;
    return `nothing to change: ${same} of ${tenants.length} tenants match dist/${tail}`;
  }
  const all = [...risks, ...tenants.flatMap((tenant) => tenant.risks)];
  return [
    `${many(changes, 'change')} in ${touched} of ${many(tenants.length, 'tenant')}${tail}`,
    `risks: ${riskCounts(all)}`,
  ].join('\n');
}
