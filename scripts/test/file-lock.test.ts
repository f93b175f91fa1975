import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isLocked, takeLock, withLock } from '../lib/cli/file-lock.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-lock-'));
  file = join(directory, 'a.lock');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('lets one in after the other, in one process', async () => {
  const order: string[] = [];
  const hold = (name: string) =>
    withLock(file, async () => {
      order.push(`${name} in`);
      await new Promise((done) => setTimeout(done, 20));
      order.push(`${name} out`);
    });
  await Promise.all([hold('a'), hold('b')]);
  expect(order.join()).toMatch(/^(a in,a out,b in,b out|b in,b out,a in,a out)$/);
});

test('is free when the work has failed', async () => {
  const failing = withLock(file, async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(isLocked(file)).toBe(false);
});

test('is held or not, and nothing is made to find out', async () => {
  expect(isLocked(file)).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
  using _ = await takeLock(file);
  expect(isLocked(file)).toBe(true);
  expect(await takeLock(file, { waitMs: 0 })).toBeNull();
});

test('that cannot be taken is no lock that somebody holds', async () => {
  writeFileSync(file, 'something else');
  await expect(takeLock(file)).rejects.toThrow(`${file} cannot be locked: `);
  expect(() => isLocked(file)).toThrow(`${file} cannot be locked: `);
});

describe('of a process that is killed', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** A process that runs `body` with `withLock`, `file` and `say`, which appends a line to the log. */
  const start = (body: string) => {
    const log = join(directory, 'log');
    const source = `
      import { appendFileSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { withLock } from ${JSON.stringify(pathToFileURL(resolve(import.meta.dirname, '../lib/cli/file-lock.ts')))};
      const file = ${JSON.stringify(file)};
      const say = (word) => appendFileSync(${JSON.stringify(log)}, word + ' ' + process.pid + '\\n');
      ${body}`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  };

  test('goes to one of the many that wait, and only one at a time has it', async () => {
    const holder = start(`await withLock(file, async () => {
      console.log('in');
      await sleep(1_000_000);
    });`);
    await once(holder.stdout, 'data');

    // Every third of them is killed in its turn as well.
    const rounds = 5;
    const waiting = Array.from({ length: 12 }, (_, index) =>
      start(`
        for (let round = 0; round < ${rounds}; round += 1) {
          await withLock(file, async () => {
            say('in');
            if (${index % 3 === 0} && round === 2) {
              say('killed');
              process.kill(process.pid, 'SIGKILL');
            }
            await sleep(Math.random() * 4);
            say('out');
          }, { onWait: () => console.log('waits') });
        }`),
    );
    await Promise.all(waiting.map((child) => once(child.stdout, 'data')));
    const ends = waiting.map((child) => once(child, 'exit'));
    holder.kill('SIGKILL');
    const signals = (await Promise.all(ends)).map(([, signal]) => signal as string | null);
    expect(signals.map((signal) => signal !== null)).toEqual(
      waiting.map((_, index) => index % 3 === 0),
    );

    const lines = readFileSync(join(directory, 'log'), 'utf8').trim().split('\n');
    const turns = lines.flatMap((line, index) =>
      index % 2 === 0 ? [[line, lines[index + 1]]] : [],
    );
    expect(turns).toHaveLength(8 * rounds + 4 * 3);
    for (const [first = '', second = ''] of turns) {
      const [word, pid] = first.split(' ');
      expect(word).toBe('in');
      expect([`out ${pid}`, `killed ${pid}`]).toContain(second);
    }
    expect(readdirSync(directory).sort()).toEqual(['a.lock', 'log']);
  });
});
