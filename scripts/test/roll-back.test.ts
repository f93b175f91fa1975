import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
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
let noted: string | null;
/** What was done there, with the state and the version that dist/ had then. */
let calls: string[];
/** How many calls are done before the command is killed. */
let killAfter: number;
beforeEach(async () => {
  place = tempWorkspace();
  [noted, calls, killAfter] = ['', [], Infinity];
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
  begun: async () => noted ?? '',
  note: async (digest) => {
    call(digest === null ? 'forget' : 'note');
    noted = digest;
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
    workspace: workspace({ TENANTRY_DIR: place.dir }),
    report: textReport(),
    print: quiet,
  };
  const from = join(place.dir, 'archives', name);
  const options = { from, snapshot: parsed, identity, host: undefined };
  return rollBack(context, id, options, async () => means);
}

const WHOLE = ['note', 'deploy paused 0.36.0', 'restore true', 'deploy active 0.36.0', 'forget'];

test('a tenant is held at zero with the former versions, restored, and runs again', async () => {
  await run();
  expect(calls).toEqual(WHOLE);
  expect(alice()).toMatchObject({ state: 'active', pausedBy: null, versions: FORMER });
  expect(await checkDist(place, quiet)).toBe(0);
});

test.each([0, 1, 2, 3, 4])(
  'killed after %d steps it is restored by the same command',
  async (steps) => {
    killAfter = steps;
    await expect(run()).rejects.toThrow('killed');
    [calls, killAfter] = [[], Infinity];
    await run();
    expect(calls).toEqual(WHOLE);
    expect(alice()).toMatchObject({ state: 'active', versions: FORMER });
  },
);

test('a tenant that was paused stays so, and is resumed with what is restored', async () => {
  await declare({ state: 'paused', pausedBy: 'lifecycle', pausedSince: '2026-11-01' });
  await run();
  expect(calls).toEqual(['deploy paused 0.36.0', 'restore true']);
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
  ])('%s', async (_, given, reason) => {
    const [name, id] = given();
    const tree = () => [contents(place.dist), readFileSync(place.tenantsFile, 'utf8')];
    const before = tree();
    await expect(run(name, id)).rejects.toThrow(reason);
    await expect(run(name, id)).rejects.toThrow(UsageError);
    expect([tree(), calls]).toEqual([before, []]);
  });
});
