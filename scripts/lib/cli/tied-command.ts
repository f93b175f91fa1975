import type { ProcessPromise } from 'zx/core';
import type { Shell } from './shell.ts';

/**
 * Runs its arguments and ends them when standard input ends, which the kernel sees to even where
 * this process is killed. Exit code: the command's own.
 */
const WATCH = `exec 3<&0
"$@" </dev/null 3<&- &
command=$!
{ while read -r line; do :; done; kill "$command"; } <&3 >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$command"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"`;

/**
 * Starts a command that serves until it is ended, such as a proxy: it ends with this
 * process, however that ends. It is in a process group of its own.
 */
export function startTied($: Shell, file: string, args: readonly string[]): ProcessPromise {
  return $({
    nothrow: true,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })`sh -c ${WATCH} sh ${file} ${args}`;
}

/** Ends a command that `startTied` has started. */
export function endTied(process_: ProcessPromise): void {
  try {
    if (process_.pid !== undefined) process.kill(-process_.pid, 'SIGTERM');
  } catch {
    // It has ended already.
  }
}
