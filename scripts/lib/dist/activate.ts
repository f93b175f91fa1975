import { type Fleet, isUnpaid, resumedByOperator } from '@tenantry/tenants';
import { editTenants, findTenant, withStates } from './edit-tenants.ts';
import type { Context } from '../cli/run-main.ts';
import { today } from '../cli/dates.ts';

/** Writes into tenants.json and dist/ that a tenant is active, whoever had paused it. */
export async function activate(
  { workspace, report, print }: Pick<Context, 'workspace' | 'report' | 'print'>,
  id: string,
): Promise<void> {
  const resume = (text: string, fleet: Fleet) => {
    const tenant = findTenant(fleet, id);
    const isActive = tenant.state === 'active';
    return { text: isActive ? text : withStates(text, [resumedByOperator(tenant)]), tenant };
  };
  const { tenant } = await editTenants(workspace, resume, print);
  if (isUnpaid(tenant, today())) {
    report.line(
      `${id}: paid through ${tenant.paidThrough} only: \`pnpm lifecycle\` will pause it again\n  → pnpm renew ${id} --through DATE`,
    );
  }
}
