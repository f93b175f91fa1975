import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import type { RestoreProgress } from '@tenantry/plan';
import { UsageError } from '../lib/cli/errors.ts';
import { workspace } from '../lib/cli/workspace.ts';
import { checkDist, readFleet, synthDist } from '../lib/dist/synth.ts';
import { rollBack, type RollBackMeans } from '../lib/upgrade/roll-back.ts';
import { parseSnapshotName } from '../lib/upgrade/snapshot-name.ts';
import { contents, type TempWorkspace, tempWorkspace } from './helpers/temp-workspace.ts';
import { textReport } from './helpers/text-report.ts';

const NAME = 'alice-2026-11-26T11-20-00Z-vcluster-0.36.0-kubernetes-1.36.3.tar.gz';
const NEWER = { vcluster: '0.36.1', kubernetes: '1.36.3' };
const FORMER = { vcluster: '0.36.0', kubernetes: '1.36.3' };
const quiet = () => undefined;

let place: TempWorkspace;
/** What the host has noted. */
let noted: RestoreProgress | null;
let isConfirmed: boolean;
/** What the host says to being asked. */
let refusal: Error | null;
let recipient: string;
/** What was done there, with the state and the version that dist/ had then. */
let calls: string[];
/** How many calls are done before the command is killed. */
let killAfter: number;
beforeEach(async () => {
  place = tempWorkspace();
  [noted, calls, killAfter, isConfirmed, refusal] = [null, [], Infinity, true, null];
  recipient = '';
  await declare();
  snapshot();
});
afterEach(() => place.remove());

async function declare(keys: object = {}): Promise<void> {
  place.tenants([
    { id: 'alice', name: 'Alice', versions: NEWER, ...keys },
    { id: 'bob', name: 'Bob' },
  ]);
  await synthDist(place, quiet);
}

/** Writes a snapshot with its checksum; returns its path. */
function snapshot(name = NAME, content = gzipSync('state'), digestOf = content): string {
  const path = join(place.dir, 'archives', name);
  mkdirSync(join(place.dir, 'archives'), { recursive: true });
  writeFileSync(path, content);
  const digest = createHash('sha256').update(digestOf).digest('hex');
  writeFileSync(`${path}.sha256`, `${digest}  ${name}\n`);
  return path;
}

const alice = () => readFleet(place.tenantsFile).tenants.find(({ id }) => id === 'alice');

const means: RollBackMeans = {
  async readProgress() {
    if (refusal !== null) throw refusal;
    return noted;
  },
  keepSnapshot: async () => call('keep'),
  setProgress: async (progress) => {
    call(progress === null ? 'restored' : 'restoring');
    noted = progress;
  },
  deploy: async () => {
    const { state, chartVersion } = JSON.parse(
      readFileSync(join(place.dist, 'alice/tenant.json'), 'utf8'),
    ) as Record<string, string>;
    call(`deploy ${state} ${chartVersion}`);
  },
  restore: async (file) => call(`restore ${readFileSync(file).equals(gzipSync('state'))}`),
};

function call(name: string): void {
  if (calls.length >= killAfter) throw new Error('killed');
  calls.push(name);
}

function run(name = NAME, id = 'alice', identity?: string): Promise<void> {
  const parsed = parseSnapshotName(name);
  if (parsed === null) throw new Error(`${name} is no snapshot's`);
  const context = {
    workspace: workspace({ TENANTRY_DIR: place.dir, TENANTRY_RECIPIENT: recipient }),
    report: textReport(),
    print: quiet,
  };
  const from = join(place.dir, 'archives', name);
  const confirm = async () => {
    if (!isConfirmed) throw new UsageError('not confirmed');
  };
  const options = { from, snapshot: parsed, identity, host: undefined, confirm };
  return rollBack(context, id, options, async () => means);
}

const HELD = ['keep', 'restoring', 'deploy paused 0.36.0', 'restore true', 'restored'];
const WHOLE = [...HELD, 'deploy active 0.36.0'];

test('a tenant is held at zero with the former versions, restored, and runs again', async () => {
  await run();
  expect(calls).toEqual(WHOLE);
  expect(alice()).toMatchObject({ state: 'active', pausedBy: null, versions: FORMER });
  expect(await checkDist(place, quiet)).toBe(0);
});

test.each([0, 1, 2, 3, 4, 5])(
  'killed after %d steps it is restored by the same command',
  async (steps) => {
    killAfter = steps;
    await expect(run()).rejects.toThrow('killed');
    // By that nobody starts it meanwhile, whose data is not all there.
    const isRestoring = calls.includes('restoring') && !calls.includes('restored');
    expect(noted !== null).toBe(isRestoring);
    [calls, killAfter] = [[], Infinity];
    await run();
    expect(calls).toEqual(WHOLE);
    expect(alice()).toMatchObject({ state: 'active', versions: FORMER });
  },
);

describe('killed while it restores, and another snapshot taken', () => {
  const OTHER = NAME.replace('11-20-00', '12-20-00');
  const restoreOther = async () => {
    killAfter = 3;
    await expect(run()).rejects.toThrow('killed');
    [calls, killAfter] = [[], Infinity];
    snapshot(OTHER, gzipSync('state', { level: 1 }));
    await run(OTHER);
  };

  test('a tenant that ran before runs again', async () => {
    await restoreOther();
    expect([calls.at(-1), noted]).toEqual(['deploy active 0.36.0', null]);
    expect(alice()).toMatchObject({ state: 'active' });
  });

  test('one that was paused stays so, and the first one resumes it no more', async () => {
    await declare({ state: 'paused', pausedSince: '2026-11-01' });
    await restoreOther();
    expect([calls.at(-1), noted]).toEqual(['restored', null]);
    calls = [];
    await run();
    expect(calls).toEqual(HELD);
    expect(alice()).toMatchObject({ state: 'paused' });
  });
});

test('a tenant that was paused stays so, and is resumed with what is restored', async () => {
  await declare({ state: 'paused', pausedBy: 'lifecycle', pausedSince: '2026-11-01' });
  await run();
  expect(calls).toEqual(HELD);
  expect(alice()).toMatchObject({ state: 'paused', pausedBy: 'lifecycle', versions: FORMER });
});

test('of versions that are what it would get, tenants.json says nothing new', async () => {
  place.tenants([{ id: 'alice', name: 'Alice' }]);
  await synthDist(place, quiet);
  const before = readFileSync(place.tenantsFile, 'utf8');
  await run();
  expect(readFileSync(place.tenantsFile, 'utf8')).toBe(before);
});

test('one that is encrypted needs its identity', async () => {
  const identity = await generateIdentity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  snapshot(`${NAME}.age`, Buffer.from(await encrypter.encrypt(gzipSync('state'))));
  await expect(run(`${NAME}.age`)).rejects.toThrow(/--identity FILE/);
  expect(calls).toEqual([]);
  place.write('key', `${identity}\n`);
  await run(`${NAME}.age`, 'alice', join(place.dir, 'key'));
  expect(calls).toEqual(WHOLE);
});

test('nothing is changed where its host refuses', async () => {
  refusal = new Error('Flux applies dist/ there');
  const before = readFileSync(place.tenantsFile, 'utf8');
  await expect(run()).rejects.toThrow(refusal);
  expect([readFileSync(place.tenantsFile, 'utf8'), calls]).toEqual([before, []]);
});

describe('nothing is changed where the snapshot', () => {
  test.each<[string, () => readonly [string, string], RegExp]>([
    ['is of another tenant', () => [NAME, 'bob'], /is of alice, not of bob/],
    [
      'is of a version that is not pinned',
      () => [NAME.replace('0.36.0', '0.1.0'), 'alice'],
      /is of vcluster 0\.1\.0 and Kubernetes 1\.36\.3, which are not pinned here/,
    ],
    [
      'is damaged',
      () => {
        snapshot(NAME, gzipSync('other'), gzipSync('state'));
        return [NAME, 'alice'];
      },
      /is damaged/,
    ],
    [
      'is none',
      () => {
        snapshot(NAME, Buffer.from('text'));
        return [NAME, 'alice'];
      },
      /is no snapshot: the snapshot cannot be unpacked/,
    ],
    [
      'is not confirmed to take the place of what is there',
      () => {
        isConfirmed = false;
        return [NAME, 'alice'];
      },
      /not confirmed/,
    ],
    [
      'of what is there could be encrypted for nobody',
      () => {
        recipient = 'age1x';
        return [NAME, 'alice'];
      },
      /--recipient is "age1x"/,
    ],
  ])('%s', async (_, given, reason) => {
    const [name, id] = given();
    const tree = () => [contents(place.dist), readFileSync(place.tenantsFile, 'utf8')];
    const before = tree();
    await expect(run(name, id)).rejects.toThrow(reason);
    await expect(run(name, id)).rejects.toThrow(UsageError);
    expect([tree(), calls]).toEqual([before, []]);
  });
});
