import { readFile, writeFile } from 'node:fs/promises';
import { inotifyLimits } from '@tenantry/sealed';
import type { Report } from '../cli/report.ts';

/** Raises the kernel's inotify limits where they are lower than many clusters on one node need. */
export async function raiseInotifyLimits(report: Report): Promise<void> {
  for (const [name, wanted] of Object.entries(inotifyLimits)) {
    const file = `/proc/sys/${name.replaceAll('.', '/')}`;
    const found = Number(await readFile(file, 'utf8').catch(() => Number.NaN));
    if (!(found < wanted)) continue;
    try {
      await writeFile(file, String(wanted));
      report.line(`  ${name}: ${String(found)} → ${String(wanted)}`);
    } catch {
      report.line(`  ${name} is ${String(found)}: set it to ${String(wanted)} for many tenants`);
    }
  }
}
