import { isUnpaid, resumedByOperator } from '@tenantry/tenants';
import { editTenantsFile, findTenant, withLives } from './edit-tenants.ts';
import type { Context } from '../cli/run-main.ts';
import { synthDist } from './synth.ts';
import { today } from '../cli/dates.ts';

/** Writes into tenants.json and dist/ that a tenant is active, whoever had paused it. */
export function activate(
  { workspace, report, print }: Pick<Context, 'workspace' | 'report' | 'print'>,
  id: string,
): void {
  editTenantsFile(workspace, (text, fleet) => {
    const tenant = findTenant(fleet, id);
    if (isUnpaid(tenant, today())) {
      report.line(
        `${id}: paid through ${tenant.paidThrough} only: \`pnpm lifecycle\` will pause it again\n  → pnpm renew ${id} --through DATE`,
      );
    }
    return tenant.state === 'active' ? text : withLives(text, [resumedByOperator(tenant)]);
  });
  synthDist(workspace, print);
}
