import { cpSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pnpmOk, root } from './tenantry.ts';

const SKIPPED = /(^|\/)(node_modules|\.git|\.tenantry|archives)$/;

/** A copy of this checkout in which something is to be changed; gone with its disposal. */
export interface Checkout extends Disposable {
  readonly path: string;
}

export async function copyCheckout(
  change: (path: string) => void = () => undefined,
): Promise<Checkout> {
  const path = await mkdtemp(join(tmpdir(), 'tenantry-e2e-copy-'));
  const checkout = { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
  cpSync(root, path, { recursive: true, filter: (from) => !SKIPPED.test(from) });
  change(path);
  // Inside a script pnpm does not install by itself.
  await pnpmOk(['install', '--frozen-lockfile', '--prefer-offline'], { cwd: path });
  return checkout;
}
