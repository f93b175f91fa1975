import { Fault } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';

/** Installs the Debian packages that are missing. */
export async function ensurePackages(
  $: Shell,
  report: Report,
  names: readonly string[],
): Promise<void> {
  const missing = await missingPackages($, names);
  if (missing.length === 0) return;
  await report.step(`Debian packages ${missing.join(', ')}`, async () => {
    const flags = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '--no-install-recommends'];
    const apt = $({ nothrow: true });
    await apt`apt-get update -q`;
    const result =
      await apt`env DEBIAN_FRONTEND=noninteractive apt-get install ${flags} ${missing}`;
    if (result.exitCode !== 0) {
      throw new Fault({
        what: `apt-get install ${missing.join(' ')} failed`,
        why: lastLines(result.stderr),
        todo: 'install these packages by hand, then run the command again',
      });
    }
  });
}

async function missingPackages($: Shell, names: readonly string[]): Promise<string[]> {
  const format = '${Package} ${db:Status-Status}\n';
  const { stdout } = await $({ nothrow: true })`dpkg-query -W -f ${format} ${names}`;
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

/** The end of an output, for an error message. */
export function lastLines(text: string, count = 5): string {
  return text.trim().split('\n').slice(-count).join('\n') || 'no output';
}
