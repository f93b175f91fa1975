import type { Receipt } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';

/**
 * An archive is believed by its receipt only: tenants.json, which people review, holds the digest
 * of each that was written. @throws UsageError where it holds none of this archive for this id
 */
export function checkReceipt(id: string, digest: string, receipts: readonly Receipt[]): void {
  const found = receipts.filter((receipt) => receipt.digest === digest);
  if (found.some((receipt) => receipt.id === id)) return;
  const [other] = found;
  if (other !== undefined) {
    throw new UsageError(
      `the archive is of ${other.id}, as its receipt says, not of ${id}; nothing was changed\n  → pnpm restore ${other.id} --from …`,
    );
  }
  const own = receipts.filter((receipt) => receipt.id === id);
  const known = own.map((receipt) => `\n    ${receipt.offboardedOn} ${receipt.digest}`).join('');
  throw new UsageError(
    own.length === 0
      ? `no receipt of ${id} in tenants.json, so nobody can say whose the archive is (${digest}); nothing was changed\n  → look for its receipt in Git's history, and put it back under "offboarded" if the archive is to be trusted`
      : `the archive is not one that was written of ${id}: it is ${digest}, and the receipts in tenants.json say${known}\n  nothing was changed\n  → give the archive that one of them names`,
  );
}
