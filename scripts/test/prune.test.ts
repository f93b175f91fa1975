import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { existsSync, mkdtempSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { takeLock } from '../lib/cli/file-lock.ts';
import { textReport } from './helpers/text-report.ts';
import { outdated } from '../lib/sealed/outdated.ts';
import { pruneBuilds } from '../lib/sealed/prune.ts';
import { stampOf } from '../lib/sealed/used.ts';
import { type FakeCommands, fakeCommands } from './fake-command.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('the rule', () => {
  test('what is used, was used in 30 days or is one of the two used last stays; the rest goes', () => {
    const output = fc.record({
      kind: fc.constantFrom('go', 'debian'),
      name: fc.uuid(),
      usedAt: fc.integer({ min: -100, max: 0 }).map((days) => days * DAY),
      inUse: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.uniqueArray(output, { selector: ({ name }) => name }), (outputs) => {
        const gone = outdated(outputs, 0);
        for (const each of outputs) {
          const newer = outputs.filter(
            ({ kind, usedAt }) => kind === each.kind && usedAt > each.usedAt,
          ).length;
          const isOld = !each.inUse && each.usedAt < -30 * DAY;
          if (!isOld || newer === 0) expect(gone).not.toContain(each);
          if (isOld && newer >= 2) expect(gone).toContain(each);
        }
        for (const kind of ['go', 'debian']) {
          const all = outputs.filter((each) => each.kind === kind).length;
          const left = all - gone.filter((each) => each.kind === kind).length;
          expect(left).toBeGreaterThanOrEqual(Math.min(2, all));
        }
      }),
    );
  });
});

describe('in a cache', () => {
  let fakes: FakeCommands;
  let cache: string;
  const said: string[] = [];
  beforeEach(() => {
    fakes = fakeCommands();
    cache = mkdtempSync(join(tmpdir(), 'tenantry-prune-'));
    said.length = 0;
    fakes.add(
      'docker',
      `case "$*" in
        info*) echo '{"capped":{"path":"${cache}/sealed/go/${hash(4)}/runtime/runc-capped"}}' ;;
        *kindest*) printf 'kindest/node:v1-sealed-%s sha256:%s\\n' 1 a 2 b 3 c 4 d 5 e ;;
        ps*) echo c0ffee ;;
        inspect*) echo sha256:d ;;
      esac`,
    );
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  const hash = (digit: number) => String(digit).repeat(12);
  const make = (path: string, days: number) => {
    const file = join(cache, 'sealed', path);
    mkdirSync(file, { recursive: true });
    writeFileSync(join(file, 'file'), '');
    const at = (Date.now() - days * DAY) / 1000;
    utimesSync(file, at, at);
  };
  const stamp = (image: string, days: number) => {
    const file = stampOf(cache, image);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    const at = (Date.now() - days * DAY) / 1000;
    utimesSync(file, at, at);
  };
  const isThere = (path: string) => existsSync(join(cache, 'sealed', path));
  const prune = () =>
    pruneBuilds(
      fakes.$,
      textReport((text) => said.push(text)),
      cache,
    );
  const removedImages = () =>
    fakes.calls('docker').flatMap((call) => (call[1] === 'rm' ? [call[2]] : []));

  test('what earlier recipes left goes, but what Docker runs on or a build has locked', async () => {
    [0, 10, 60, 70, 80].forEach((days, index) => make(`go/${hash(index + 1)}`, days));
    [50, 60, 70, 80].forEach((days, index) => make(`debian/${hash(index + 1)}`, days));
    using _debian = await takeLock(join(cache, `sealed/debian/${hash(3)}.lock`));
    make(`node-${hash(1)}`, 2);
    make(`node-${hash(2)}`, 2);
    using _node = await takeLock(join(cache, `sealed/node-${hash(2)}.lock`));
    make(`node-${hash(3)}`, 0);
    make('somebody-elses', 400);
    await prune();
    expect([1, 2, 3, 4, 5].filter((digit) => isThere(`go/${hash(digit)}`))).toEqual([1, 2, 4]);
    expect([1, 2, 3, 4].filter((digit) => isThere(`debian/${hash(digit)}`))).toEqual([1, 2, 3]);
    expect([1, 2, 3].filter((digit) => isThere(`node-${hash(digit)}`))).toEqual([2, 3]);
    expect(isThere('somebody-elses')).toBe(true);
    expect(said.join('')).toContain(`- removed go/${hash(5)}: not used for 30 days\n`);
  });

  test('node images go unless a container has them; one seen for the first time stays', async () => {
    for (const [image, days] of [
      [1, 40],
      [2, 50],
      [3, 60],
      [4, 70],
    ] as const) {
      stamp(`kindest/node:v1-sealed-${image}`, days);
    }
    await prune();
    // 5 is noted as used now, 1 is the other of the newest two, 4 is in use.
    expect(removedImages()).toEqual(['kindest/node:v1-sealed-2', 'kindest/node:v1-sealed-3']);
    expect(existsSync(stampOf(cache, 'kindest/node:v1-sealed-2'))).toBe(false);
    expect(existsSync(stampOf(cache, 'kindest/node:v1-sealed-5'))).toBe(true);
  });

  test('a Docker that does not answer costs nothing but a line', async () => {
    make(`go/${hash(1)}`, 90);
    fakes.add('docker', 'echo no >&2; exit 1');
    await prune();
    expect(said.join('')).toContain('old builds are left: docker info');
    expect(isThere(`go/${hash(1)}`)).toBe(true);
  });
});
