import { isBlocked } from './change.ts';
import { isEmpty, type Plan } from './plan.ts';

/** A plan as events, one object a line: host-wide, each tenant, each orphan, then a summary. */
export function planEvents(plan: Plan): readonly object[] {
  const { context, hostWide, risks, tenants, waves, orphans } = plan;
  const all = [...hostWide, ...tenants.flatMap(({ changes }) => changes)];
  return [
    { event: 'host-wide', context, changes: hostWide, risks },
    ...(waves.length > 1 ? waves.map((wave) => ({ event: 'wave', ...wave })) : []),
    ...tenants.map(({ note: _note, ...tenant }) => ({ event: 'tenant', ...tenant })),
    ...orphans.map((id) => ({ event: 'orphan', id })),
    {
      event: 'summary',
      tenants: tenants.length,
      changed: tenants.filter(({ changes }) => changes.length > 0).length,
      changes: all.length,
      risks: risks.length + tenants.reduce((sum, tenant) => sum + tenant.risks.length, 0),
      conflicts: all.filter(isBlocked).length,
      refused: tenants.filter(({ obstacle }) => obstacle !== null).length,
      unseen: tenants.filter(({ unseen }) => unseen !== null).length,
      empty: isEmpty(plan),
    },
  ];
}

/** What a plan that is kept in a file is known by. */
const FORM = 'tenantry-plan-1';

export function serializePlan(plan: Plan): string {
  return `${JSON.stringify({ form: FORM, plan }, null, 2)}\n`;
}

/** @throws Error where the text is no plan of ours */
export function parsePlan(text: string): Plan {
  const { form, plan } = JSON.parse(text) as { form?: unknown; plan?: unknown };
  if (form !== FORM || typeof plan !== 'object' || plan === null) {
    throw new Error(`it is no ${FORM} as \`pnpm plan --save\` writes it`);
  }
  return plan as Plan;
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
