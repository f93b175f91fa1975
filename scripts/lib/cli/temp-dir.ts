import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from './processes.ts';

/** `<what>.<process id>.<random>`: which process it belongs to. */
const FORM = /\.(\d+)\.[^.]+$/;

/**
 * A directory that only this user may enter, for as long as it is held. What processes have left
 * that were killed is removed with it: it may hold keys.
 */
export function privateDirectory(parent: string, what: string): Disposable & { path: string } {
  for (const name of readdirSync(parent)) {
    const [, pid] = FORM.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
  const path = mkdtempSync(join(parent, `${what}.${process.pid}.`));
  return {
    path,
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
