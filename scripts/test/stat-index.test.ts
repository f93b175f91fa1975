import {
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkDist, synthDist } from '../lib/dist/synth.ts';
import { StatIndex, statDirectory } from '../lib/dist/stat-index.ts';
import { contents, tempWorkspace, type TempWorkspace } from './helpers/temp-workspace.ts';

// Each case synthesizes several times.

let place: TempWorkspace;
beforeEach(async () => {
  place = tempWorkspace();
  place.tenants([
    { id: 'alice', name: 'Alice' },
    { id: 'bob', name: 'Bob' },
  ]);
  await synthDist(place, () => {});
  // Older than a tick of the clock, so that the next run may trust it.
  await sleep(100);
  await synthDist(place, () => {});
});
afterEach(() => place.remove());

const quiet = () => {};
const manifest = () => join(place.dist, 'alice/vcluster.yaml');
const indexFile = () =>
  join(place.state, readdirSync(place.state).find((name) => name.startsWith('synth-index')) ?? '');

test('the index knows every directory that was seen to be right', () => {
  const { entries } = JSON.parse(readFileSync(indexFile(), 'utf8')) as {
    entries: [string, unknown][];
  };
  expect(entries.map(([name]) => name)).toEqual(['_host', 'alice', 'bob']);
});

// Each leaves a trace that a date or a size alone would not show.
test.each<readonly [string, () => void]>([
  ['another text', () => writeFileSync(manifest(), 'changed\n')],
  [
    'another text of the same length with the old date',
    () => {
      const { atime, mtime } = lstatSync(manifest());
      writeFileSync(
        manifest(),
        readFileSync(manifest(), 'utf8').replace('restricted', 'privileged'),
      );
      utimesSync(manifest(), atime, mtime);
    },
  ],
  [
    'another file renamed over it',
    () => {
      const { atime, mtime } = lstatSync(manifest());
      const other = join(place.dir, 'other');
      writeFileSync(other, readFileSync(manifest(), 'utf8').replace('restricted', 'privileged'));
      utimesSync(other, atime, mtime);
      renameSync(other, manifest());
    },
  ],
  ['a file less', () => rmSync(manifest())],
  ['a file more', () => place.write('dist/alice/host/extra.yaml', 'kind: Extra\n')],
  [
    'files swapped',
    () => {
      renameSync(manifest(), join(place.dir, 'other'));
      renameSync(join(place.dist, 'alice/tenant.json'), manifest());
      renameSync(join(place.dir, 'other'), join(place.dist, 'alice/tenant.json'));
    },
  ],
])(
  'a change by hand is found although the index says that all was right: %s',
  async (_, change) => {
    const before = contents(place.dist);
    expect(await checkDist(place, quiet)).toBe(0);
    change();
    expect(await checkDist(place, quiet)).toBe(4);
    await synthDist(place, quiet);
    expect(contents(place.dist)).toEqual(before);
    expect(await checkDist(place, quiet)).toBe(0);
  },
);

test('another tenants.json is found as well, and a broken index is none', async () => {
  place.tenants([
    { id: 'alice', name: 'Alicia' },
    { id: 'bob', name: 'Bob' },
  ]);
  expect(await checkDist(place, quiet)).toBe(4);
  await synthDist(place, quiet);
  for (const text of ['', '{"owner":', 'null']) {
    writeFileSync(indexFile(), text);
    expect(await checkDist(place, quiet)).toBe(0);
  }
});

test('what was written in the last tick of the clock is not trusted, nor what other code made', () => {
  const directory = join(place.dist, 'alice');
  const stat = statDirectory(directory);
  if (stat === null) throw new Error('synth left something');
  const racy = { ...stat, taken: stat.settled - 1 };
  const index = new StatIndex(place.state, place.dist, 'code');
  index.note('alice', 'input', stat);
  index.note('bob', 'input', racy);
  index.save();
  const isRight = (code: string, input: string, seen = stat, name = 'alice') =>
    new StatIndex(place.state, place.dist, code).isRight(name, input, seen);
  expect(isRight('code', 'input')).toBe(true);
  expect([
    isRight('other', 'input'),
    isRight('code', 'other'),
    isRight('code', 'input', racy),
    isRight('code', 'input', stat, 'bob'),
  ]).toEqual([false, false, false, false]);
  writeFileSync(manifest(), 'new');
  expect(statDirectory(directory)?.settled).toBeGreaterThan(lstatSync(manifest()).ctimeMs);
});
