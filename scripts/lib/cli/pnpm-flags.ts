import { readFile } from 'node:fs/promises';
import { UsageError } from './errors.ts';
import { scriptName } from './pnpm.ts';
import { quietShell } from './shell.ts';

/**
 * `pnpm deploy --dry-run` reaches the script without its flag, because pnpm takes it for one of its
 * built-in deploy, and would deploy for real. The flag still stands on the command line of pnpm, a
 * grandparent of this process: what does not arrive is refused.
 * @throws UsageError naming the flags that were lost
 */
export async function refuseSwallowedFlags(
  argv: readonly string[] = process.argv.slice(2),
  ancestors: () => Promise<readonly (readonly string[])[]> = commandLines,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const script = scriptName(env);
  if (script === undefined) return;
  for (const line of await ancestors()) {
    const lost = lostFlags(line, script, argv);
    if (lost.length === 0) continue;
    throw new UsageError(
      `pnpm kept ${lost.join(' ')} for itself; nothing was done\n` +
        `  → write: pnpm run ${script} ${lost.join(' ')}`,
    );
  }
}

/** The flags that stand behind the script's name on a pnpm command line and did not arrive. */
export function lostFlags(
  line: readonly string[],
  script: string,
  argv: readonly string[],
): readonly string[] {
  const isPnpm = line.some((word) => /(^|\/)pnpm(@[\w.]+)?(\.[cm]?js|\.exe)?$/.test(word));
  const at = line.indexOf(script);
  if (!isPnpm || at === -1) return [];
  const behind = line.slice(at + 1);
  const end = behind.indexOf('--');
  return (end === -1 ? behind : behind.slice(0, end)).filter(
    (word) => word.startsWith('-') && !argv.includes(word),
  );
}

/** Command lines of the processes above this one, nearest first. */
async function commandLines(): Promise<readonly (readonly string[])[]> {
  const lines: (readonly string[])[] = [];
  let pid = process.ppid;
  for (let depth = 0; depth < 5 && pid > 1; depth += 1) {
    const found = await describeProcess(pid);
    if (found === null) break;
    lines.push(found.words);
    pid = found.parent;
  }
  return lines;
}

async function describeProcess(
  pid: number,
): Promise<{ words: readonly string[]; parent: number } | null> {
  try {
    const [words, status] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
    return { words: words.split('\0').filter((word) => word !== ''), parent };
  } catch {
    return describeByPs(pid);
  }
}

/** Where there is no /proc. Words with spaces fall apart, which flags have none of. */
async function describeByPs(
  pid: number,
): Promise<{ words: readonly string[]; parent: number } | null> {
  const output = await quietShell()({ nothrow: true })`ps -o ppid=,args= -p ${pid}`;
  const [parent, ...words] = output.stdout.trim().split(/\s+/);
  return output.ok && parent !== undefined ? { words, parent: Number(parent) } : null;
}
