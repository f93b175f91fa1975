import { afterEach, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const library = resolve(import.meta.dirname, '../lib');
const module = (file: string) => JSON.stringify(join(library, file));

/** Alice is done, Bob's step ends three seconds after it is stopped, Carol waits for him. */
const COMMAND = `
  import { defineCommand, runMain } from ${module('cli/run-main.ts')};
  import { eachTenant } from ${module('deploy/each-tenant.ts')};
  import { setTimeout as sleep } from 'node:timers/promises';
  await runMain(defineCommand({
    usage: 'x',
    summary: 'x',
    live: true,
    async run({ report, signal }) {
      const tenants = ['alice', 'bob', 'carol'].map((id) => ({ id }));
      report.tenants(tenants.map(({ id }) => id));
      await eachTenant(tenants, async ({ id }) => {
        if (id !== 'alice') await report.of(id).step('host objects', async () => {
          report.line('writing');
          await sleep(60_000, undefined, { signal }).catch(() => sleep(3000));
          report.line('written');
        });
        signal.throwIfAborted();
        report.tenantDone(id, { seconds: 1, changes: [], answer: 'Hello' });
      }, { signal, concurrency: 1 });
    },
  }));
`;

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

/** Runs the command, and interrupts it that many milliseconds after it has begun to write. */
async function interrupted(after: readonly number[], args: readonly string[] = []) {
  const process = spawn(
    globalThis.process.execPath,
    ['--input-type=module', '--eval', COMMAND, 'x', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: '/usr/bin:/bin' } },
  );
  child = process;
  const [stdout, stderr] = [text(process.stdout), text(process.stderr)];
  const ended = once(process, 'exit');
  await once(args.length > 0 ? process.stdout : process.stderr, 'data');
  await sleep(100);
  for (const milliseconds of after) {
    await sleep(milliseconds);
    process.kill('SIGINT');
  }
  const [code] = (await ended) as [number | null];
  return { code, stdout: await stdout, stderr: await stderr };
}

describe('an interruption', () => {
  const LEFT =
    'interrupted; 1 of 3 tenants done; left:\n' +
    '  bob: reached host objects\n' +
    '  carol: not begun\n' +
    '  → the same command takes it up again\n';

  test('lets what is being written end, and says what is left of each tenant', async () => {
    const { code, stdout, stderr } = await interrupted([0]);
    expect({ code, stdout }).toEqual({
      code: 130,
      stdout: 'alice: nothing changed (1.0 s)\nalice: Hello\n',
    });
    expect(stderr).toContain('interrupted: what is being written is finished');
    expect(stderr).toContain('written\n');
    expect(stderr.endsWith(LEFT)).toBe(true);
  });

  test('that comes again ends it at once; its copy, which pnpm hands on, does not', async () => {
    const twice = await interrupted([0, 1500]);
    expect(twice.code).toBe(130);
    expect(twice.stderr).not.toContain('written\n');
    expect(twice.stderr.endsWith(LEFT)).toBe(true);
    expect((await interrupted([0, 50])).stderr).toContain('written\n');
  });

  test('is in the summary, which is the last event', async () => {
    const { stdout } = await interrupted([0], ['--json']);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'summary',
      exitCode: 130,
      tenants: 3,
      done: 1,
      left: [
        { tenant: 'bob', step: 'host objects' },
        { tenant: 'carol', step: null },
      ],
    });
  });
});
