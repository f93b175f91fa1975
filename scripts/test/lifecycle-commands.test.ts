import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  contents,
  ON_FIXTURE,
  root,
  tempWorkspace,
  type TempWorkspace,
} from './helpers/temp-workspace.ts';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Each case starts a process or several. */

const FILE = `{
    "graceDays": 7,
    "tenants": [
        { "id": "alice", "name": "Alice", "paidThrough": "2026-12-31" },
        { "id": "bob", "name": "Bob" }
    ]
}
`;

let place: TempWorkspace;
beforeEach(() => {
  place = tempWorkspace();
  place.tenants(FILE);
});
afterEach(() => place.remove());

function command(name = '', ...args: readonly string[]): Promise<Outcome> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [ON_FIXTURE, join(root, `scripts/${name}.ts`), ...args],
      { cwd: place.dir, env: { PATH: process.env['PATH'], TENANTRY_DIR: place.dir } },
      (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

const file = () => readFileSync(place.tenantsFile, 'utf8');
const stateInDist = (id: string) =>
  (JSON.parse(readFileSync(join(place.dist, id, 'tenant.json'), 'utf8')) as { state: string })
    .state;

test('the story by its dates: due, paused, renewed, back to the byte; or proposed for its end', async () => {
  const lifecycle = (today: string, ...flags: readonly string[]) =>
    command('lifecycle', '--today', today, ...flags);
  const paidFor = await lifecycle('2026-12-31', '--check');
  expect(paidFor).toEqual({ code: 0, stdout: 'nothing is due on 2026-12-31\n', stderr: '' });

  const due = await lifecycle('2027-01-01', '--check');
  const line =
    'alice: active → paused: paid through 2026-12-31; offboarding is due on 2027-01-08\n';
  expect(due).toEqual({ code: 4, stdout: line, stderr: '' });
  expect(contents(place.dir)).toEqual({ 'tenants.json': FILE });

  const paused = await lifecycle('2027-01-01');
  expect(paused).toMatchObject({ code: 0, stderr: '' });
  expect(paused.stdout.startsWith(line)).toBe(true);
  expect(file()).toBe(
    FILE.replace(
      '2026-12-31"',
      '2026-12-31", "state": "paused", "pausedBy": "lifecycle", "pausedSince": "2027-01-01"',
    ),
  );
  expect([stateInDist('alice'), stateInDist('bob')]).toEqual(['paused', 'active']);
  const again = await lifecycle('2027-01-02');
  expect(again.stdout).toMatch(/^nothing is due on 2027-01-02\nnothing changed/);

  const pausedFile = file();
  expect((await lifecycle('2027-01-08')).stdout).toContain(
    'alice: paused → offboarding: paid through 2026-12-31, paused since 2027-01-01; the grace of 7 days is over; it stays paused until a person runs pnpm offboard alice\n',
  );
  expect(stateInDist('alice')).toBe('offboarding');

  place.tenants(pausedFile);
  const renewed = await command('renew', 'alice', '--through', '2028-02-29');
  expect(renewed).toEqual({
    code: 0,
    stdout:
      'alice: paid through 2028-02-29, before: 2026-12-31\n' +
      'alice: paused; pnpm lifecycle --today DATE lifts it up to 2028-02-29\n',
    stderr: '',
  });
  expect((await lifecycle('2027-01-08')).stdout).toContain(
    'alice: paused → active: paid through 2028-02-29\n',
  );
  expect(file()).toBe(FILE.replace('2026-12-31', '2028-02-29'));
  expect(stateInDist('alice')).toBe('active');
});

test('a lifecycle that was killed behind its edit is taken up again', async () => {
  await command('synth');
  place.tenants(
    FILE.replace('"id": "alice"', '"state": "paused", "pausedBy": "lifecycle", "id": "alice"'),
  );
  expect((await command('lifecycle', '--today', '2026-05-01')).code).toBe(0);
  expect(stateInDist('alice')).toBe('active');
  place.tenants(FILE.replace('"name": "Bob"', '"name": "Robert"'));
  expect((await command('lifecycle', '--today', '2026-05-01')).stdout).toContain('bob: ');
});

test('who the host has no room for stays paused and is named; the others are written', async () => {
  const paused = { paidThrough: '2026-12-31', state: 'paused', pausedBy: 'lifecycle' };
  place.tenants(
    JSON.stringify({
      host: { capacity: { cpu: '1200m', memory: '6Gi' } },
      tenants: [
        { id: 'alice', name: 'Alice', ...paused, pausedSince: '2026-10-01' },
        { id: 'bob', name: 'Bob' },
        { id: 'carol', name: 'Carol' },
        {
          id: 'dave',
          name: 'D',
          ...paused,
          paidThrough: '2026-09-01',
          pausedSince: '2026-11-20',
        },
      ],
    }),
  );
  const before = file();
  const check = await command('lifecycle', '--today', '2026-11-29', '--check');
  expect(check).toMatchObject({ code: 4, stderr: '' });
  expect(check.stdout).toMatch(
    /^dave: paused → offboarding: .*\nalice: stays paused, active is due .*: no room: host\.capacity\.cpu is 1200m/,
  );
  const markdown = await command('lifecycle', '--today', '2026-11-29', '--check', '--markdown');
  expect(markdown).toMatchObject({
    code: 4,
    stdout: expect.stringMatching(/^Lifecycle: 1 due on 2026-11-29, 1 held back\n\n/),
  });
  expect(file()).toBe(before);

  const written = await command('lifecycle', '--today', '2026-11-29');
  expect(written).toMatchObject({ code: 3, stderr: '' });
  expect(written.stdout).toContain('alice: stays paused');
  expect(['alice', 'dave'].map(stateInDist)).toEqual(['paused', 'offboarding']);
});

test('a day before a recorded pause is refused, and nothing is written', async () => {
  const text = FILE.replace(
    '"id": "bob"',
    '"id": "bob", "state": "paused", "pausedSince": "2026-11-01"',
  );
  place.tenants(text);
  for (const flags of [[], ['--check']]) {
    expect(await command('lifecycle', '--today', '2025-11-29', ...flags)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /bob is on record as paused since 2026-11-01; nothing was written\n {2}→ /,
      ),
    });
  }
  expect(contents(place.dir)).toEqual({ 'tenants.json': text });
});

test('an edit that dist/ refuses is written nowhere', async () => {
  place.write('dist/notes.txt', 'mine');
  const before = contents(place.dir);
  for (const args of [
    ['onboard', 'carol', '--name', 'Carol'],
    ['lifecycle', '--today', '2027-01-01'],
    ['pause', 'alice'],
  ]) {
    expect(await command(...args)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/notes\.txt is not ours; nothing was written/),
    });
  }
  const { '.tenantry': _, '.tenantry/synth.lock': __, ...after } = contents(place.dir);
  expect(after).toEqual(before);
});

describe('refused with exit code 2, nothing changed:', () => {
  test.each([
    ['lifecycle', [], /--today is missing[^]*→ pnpm lifecycle --today/],
    [
      'lifecycle',
      ['--today', '2027-02-29'],
      /--today is "2027-02-29"\n {2}→ a day of the calendar/,
    ],
    ['lifecycle', ['--today', 'tomorrow'], /--today is "tomorrow"/],
    ['renew', ['alice'], /--through is missing/],
    ['renew', ['alice', '--through', '2026-12-30'], /paid through 2026-12-31, later than/],
    ['renew', ['alise', '--through', '2027-12-30'], /no tenant "alise"[^]*did you mean alice\?/],
    ['onboard', ['carol'], /--name is missing/],
    ['onboard', ['alice', '--name', 'Alice II'], /tenants\[2\]\.id: found "alice"; ids are unique/],
    ['onboard', ['Carol', '--name', 'Carol'], /tenants\[2\]\.id: .*DNS label/],
    ['onboard', ['carol', '--name', 'C', '--plan', 'smal'], /tenants\[2\]\.plan: .*"small"\?/],
    ['onboard', ['carol', '--name', 'C', '--through', '2027-02-29'], /\.paidThrough: .*YYYY-MM-DD/],
    ['pause', ['alise'], /no tenant "alise"[^]*did you mean alice\?/],
    ['pause', [], /^usage: pnpm pause ID/],
    ['offboard', ['alise'], /no tenant "alise"[^]*did you mean alice\?/],
    ['offboard', ['alice'], /not confirmed: nobody is there to type it[^]*--confirm alice/],
    [
      'offboard',
      ['alice', '--confirm', 'bob'],
      /not confirmed: --confirm is "bob", not "alice"; nothing was changed/,
    ],
    ['offboard', ['alice', '--recipient', 'age1x'], /--recipient is "age1x"[^]*age-keygen/],
    ['restore', ['alice'], /--from is missing/],
    ['restore', ['alice', '--from', 'gone.tar'], /the archive .*gone\.tar cannot be read: ENOENT/],
    ['resume', ['bop'], /no tenant "bop"[^]*did you mean bob\?/],
  ] as const)('pnpm %s %s', async (name, args: readonly string[], message) => {
    expect(await command(name, ...args)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
    expect(contents(place.dir)).toEqual({ 'tenants.json': FILE });
  });

  test('a restore of a snapshot in the place of what lives, unless that is confirmed', async () => {
    const snapshot = join(place.dir, `alice-2026-11-26T11-20-00Z.tar.gz`);
    writeFileSync(snapshot, gzipSync('state'));
    const way = /[^]*→ pnpm restore alice --from \/.*\.tar\.gz --confirm alice\n$/.source;
    for (const [flags, why] of [
      [[], 'not confirmed: nobody is there to type it; nothing was changed'],
      [['--confirm', 'bob'], 'not confirmed: --confirm is "bob", not "alice"; nothing was changed'],
    ] as const) {
      expect(await command('restore', 'alice', '--from', snapshot, ...flags)).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(new RegExp(`^${why}${way}`)),
      });
    }
    expect([file(), existsSync(place.dist)]).toEqual([FILE, false]);
  });

  test('a pause of who is offboarding', async () => {
    const text = FILE.replace('"id": "bob"', '"id": "bob", "state": "offboarding"');
    place.tenants(text);
    expect(await command('pause', 'bob')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('bob is offboarding, which holds it paused already'),
    });
    expect(contents(place.dir)).toEqual({ 'tenants.json': text });
  });

  test('an edit of a file that is no good, with what is wrong with it', async () => {
    place.tenants('{"tenants":[{"id":"alice","name":"Alice"},]}');
    expect(await command('onboard', 'carol', '--name', 'Carol')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^tenants\.json has 1 fault; nothing was written:/),
    });
  });
});

test('onboard adds the tenant like the others, synthesizes, and says what is next', async () => {
  const outcome = await command(
    'onboard',
    'carol',
    '--name',
    'Carol "C" Ömer',
    '--plan',
    'small',
    '--through',
    '2028-02-29',
  );
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(outcome.stdout).toContain('carol: new, ');
  expect(outcome.stdout).toContain('then pnpm deploy carol');
  expect(file()).toBe(
    FILE.replace(
      '"Bob" }',
      '"Bob" },\n        { "id": "carol", "name": "Carol \\"C\\" Ömer", "plan": "small", "paidThrough": "2028-02-29" }',
    ),
  );
  expect(stateInDist('carol')).toBe('active');
});
