import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { printable } from './printable.ts';

/** Of these a terminal sends a copy to the program itself. */
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const;
/** These come to this process only, and are meant for the program. */
const HANDED_ON = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

export interface InteractiveOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/**
 * Runs a program on the user's own terminal. Signals are the program's while it runs: this process
 * goes on, and cleans up after it. Returns what a shell would: its exit code, 128 + n after signal
 * n, 127 where it is not found, 126 where it cannot be run.
 */
export async function runInteractive(
  file: string,
  args: readonly string[],
  { env, cwd }: InteractiveOptions,
): Promise<number> {
  let child: ChildProcess | undefined;
  // Before it starts: from then on it may be signalled.
  using _ = replaceListeners((signal) => {
    if (!FROM_TERMINAL.some((each) => each === signal)) child?.kill(signal);
  });
  child = spawn(file, args, { stdio: 'inherit', env, cwd });
  const { promise, resolve } = Promise.withResolvers<number>();
  child.once('error', (error: NodeJS.ErrnoException) => {
    const missing = error.code === 'ENOENT';
    const why = missing ? 'not found' : `cannot be run: ${error.code ?? error.message}`;
    process.stderr.write(printable(`${file}: ${why}\n`));
    resolve(missing ? NOT_FOUND : NOT_EXECUTABLE);
  });
  child.once('exit', (code, signal) =>
    resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
  );
  return await promise;
}

/** Puts one listener in the place of those that are there, until it is disposed of. */
function replaceListeners(listener: (signal: NodeJS.Signals) => void): Disposable {
  const signals = [...FROM_TERMINAL, ...HANDED_ON];
  const before = signals.map((signal) => [signal, process.rawListeners(signal)] as const);
  for (const signal of signals) {
    process.removeAllListeners(signal);
    process.on(signal, listener);
  }
  return {
    [Symbol.dispose]() {
      for (const [signal, listeners] of before) {
        process.off(signal, listener);
        for (const each of listeners) process.on(signal, each as NodeJS.SignalsListener);
      }
    },
  };
}
