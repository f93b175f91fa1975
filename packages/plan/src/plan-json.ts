import { isBlocked } from './change.ts';
import { isEmpty, type Plan } from './plan.ts';

/**
 * Plans as events, one object a line: of each host what is host-wide, its waves where it has several, each
 * tenant and each orphan; then a summary of all.
 */
export function planEvents(plans: readonly Plan[]): readonly object[] {
  const tenants = plans.flatMap((plan) => plan.tenants);
  const all = [
    ...plans.flatMap(({ hostWide }) => hostWide),
    ...tenants.flatMap(({ changes }) => changes),
  ];
  const risks = [...plans, ...tenants].reduce((sum, each) => sum + each.risks.length, 0);
  return [
    ...plans.flatMap(eventsOf),
    {
      event: 'summary',
      tenants: tenants.length,
      changed: tenants.filter(({ changes }) => changes.length > 0).length,
      changes: all.length,
      risks,
      conflicts: all.filter(isBlocked).length,
      refused: tenants.filter(({ obstacle }) => obstacle !== null).length,
      unseen: tenants.filter(({ unseen }) => unseen !== null).length,
      empty: plans.every(isEmpty),
    },
  ];
}

function eventsOf({ context, hostWide, risks, tenants, waves, orphans }: Plan): readonly object[] {
  return [
    { event: 'host-wide', context, changes: hostWide, risks },
    ...(waves.length > 1 ? waves.map((wave) => ({ event: 'wave', context, ...wave })) : []),
    ...tenants.map(({ note: _note, ...tenant }) => ({ event: 'tenant', ...tenant })),
    ...orphans.map((id) => ({ event: 'orphan', id })),
  ];
}

/** What a plan that is kept in a file is known by. */
const FORM = 'tenantry-plan-1';

/** The plans of all hosts as a text. */
export function serializePlans(plans: readonly Plan[]): string {
  const [plan, ...others] = plans;
  const saved = others.length === 0 ? { form: FORM, plan } : { form: FORM, plans };
  return `${JSON.stringify(saved, null, 2)}\n`;
}

/** @throws Error where the text is none of ours */
export function parsePlans(text: string): readonly Plan[] {
  const { form, plan, plans = [plan] } = JSON.parse(text) as Record<string, unknown>;
  const isPlan = (value: unknown) => typeof value === 'object' && value !== null;
  if (form !== FORM || !Array.isArray(plans) || !plans.every(isPlan)) {
    throw new Error(`it is no ${FORM} as \`pnpm plan --save\` writes it`);
  }
  return plans as readonly Plan[];
}

/** In what two plans differ, a line each; empty where they are the same. */
export function planDifferences(saved: Plan, now: Plan): readonly string[] {
  const text = (value: unknown) => JSON.stringify(value);
  // A risk may tell what is used at the moment.
  const textsOf = ({ tenants }: Plan) =>
    new Map(tenants.map(({ risks: _risks, ...tenant }) => [tenant.id, text(tenant)]));
  const [before, after] = [textsOf(saved), textsOf(now)];
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return [
    ...(saved.context === now.context ? [] : [`it is for ${saved.context}, not ${now.context}`]),
    ...(saved.dist === now.dist ? [] : ['dist/ or secrets/ has changed']),
    ...(text(saved.hostWide) === text(now.hostWide) ? [] : ['what all tenants share has changed']),
    ...ids
      .filter((id) => before.get(id) !== after.get(id))
      .map((id) => `${id}: what a deploy would do has changed`),
  ];
}
