import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export type Line = Record<string, unknown>;

/** The service as a process of its own, with the lines it logged so far. */
export interface Service extends AsyncDisposable {
  readonly lines: readonly Line[];
  kill(signal: NodeJS.Signals): void;
  /** The next line, past or to come, with this event. */
  event(name: string): Promise<Line>;
  /** The exit code and all of stderr, once the process has ended. */
  ended(): Promise<{ code: number | null; stderr: string }>;
}

/** Starts main.ts with nothing but these environment variables. */
export function startService(env: Record<string, string>): Service {
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Line[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => {
    const parsed: Line = JSON.parse(line);
    lines.push(parsed);
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const closed = once(child, 'close');

  return {
    lines,
    kill: (signal) => child.kill(signal),
    async event(name) {
      for (;;) {
        const found = lines.find((line) => line['event'] === name);
        if (found) return found;
        await Promise.race([
          once(reader, 'line'),
          closed.then(() => Promise.reject(new Error(`ended without "${name}": ${stderr}`))),
        ]);
      }
    },
    async ended() {
      await closed;
      return { code: child.exitCode, stderr };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
