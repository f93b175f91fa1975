import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { differences, examineDist } from '../lib/dist/compare.ts';
import { replaceFile } from '../lib/dist/replace-file.ts';
import { Stage } from '../lib/dist/stage.ts';
import { statDirectory } from '../lib/dist/stat-index.ts';
import {
  contents,
  tempWorkspace,
  type TempWorkspace,
  writtenAt,
} from './helpers/temp-workspace.ts';

let place: TempWorkspace;
beforeEach(() => {
  place = tempWorkspace();
});
afterEach(() => place.remove());

const marker = (id: string) => JSON.stringify({ id, hostContext: 'c' });

/** Brings dist/ to texts by path, as synth does; returns what it leaves alone. */
async function bring(wanted: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const directories = new Map<string, Map<string, string>>();
  for (const [path, text] of Object.entries(wanted)) {
    const [directory = '', ...rest] = path.split('/');
    const files = directories.get(directory) ?? new Map<string, string>();
    directories.set(directory, files.set(rest.join('/'), text));
  }
  const listing = examineDist(place.dist, new Set(directories.keys()));
  const stage = new Stage(place.dist);
  mkdirSync(place.dist, { recursive: true });
  stage.clear('', listing.entries.unfinished);
  const list = [...directories].map(([name, files]) => ({
    name,
    input: '',
    files: async () => files,
  }));
  for await (const { change, name, found, wanted: files } of differences(
    place.dist,
    listing,
    list,
  )) {
    if (change === null) stage.clear(name, found?.leftovers ?? []);
    else await stage.add(change, found, files);
  }
  await stage.written();
  stage.commit();
  return listing.foreign;
}

const first = {
  'alice/tenant.json': marker('alice'),
  'alice/host/a.yaml': 'a',
  'bob/tenant.json': marker('bob'),
  'bob/host/a.yaml': 'a',
};
const firstContents = { ...first, alice: null, 'alice/host': null, bob: null, 'bob/host': null };

describe('a dist/ that is none of ours is refused, whatever is wanted:', () => {
  test.each([
    ['a file', 'dist/README.md', 'hello'],
    ['a directory without tenant.json', 'dist/alice/notes.txt', 'hello'],
    ['a tenant.json of somebody else', 'dist/carol/tenant.json', '{"id":"carol"}'],
    ['files below an empty directory', 'dist/alice/host/notes.txt', 'hello'],
  ])('%s', async (_, path, text) => {
    place.write(path, text);
    const before = [contents(place.dir), writtenAt(place.dir)];
    await expect(bring(first)).rejects.toThrow(
      /dist\/\S+ is not ours; nothing was written\n {2}→ move it away, or name another directory/,
    );
    expect([contents(place.dir), writtenAt(place.dir)]).toEqual(before);
  });

  test('a link', async () => {
    place.write('elsewhere/tenant.json', marker('zoe'));
    mkdirSync(place.dist);
    symlinkSync(join(place.dir, 'elsewhere'), join(place.dist, 'zoe'));
    await expect(bring(first)).rejects.toThrow(/zoe is not ours/);
  });

  test('a file in the place of the directory', async () => {
    place.write('dist', 'hello');
    await expect(bring(first)).rejects.toThrow(/dist is not a directory/);
  });
});

describe('writing', () => {
  test('brings any tree to any other, and leaves no empty directory', async () => {
    await bring(first);
    expect(contents(place.dist)).toEqual(firstContents);
    const second = { 'bob/tenant.json': marker('bob'), 'bob/virtual/b.yaml': 'b' };
    await bring(second);
    expect(contents(place.dist)).toEqual({ ...second, bob: null, 'bob/virtual': null });
    await bring({});
    expect(contents(place.dist)).toEqual({});
  });

  test('makes a file out of a directory and a directory out of a file', async () => {
    const tenant = { 'alice/tenant.json': marker('alice') };
    await bring({ ...tenant, 'alice/x/deep': '1', 'alice/y': '2' });
    await bring({ ...tenant, 'alice/x': '3', 'alice/y/deep': '4' });
    expect(contents(place.dist)).toMatchObject({ 'alice/x': '3', 'alice/y/deep': '4' });
  });

  test('leaves files alone that are right', async () => {
    await bring(first);
    const { mtimeNs, ino } = statSync(join(place.dist, 'alice/host/a.yaml'), { bigint: true });
    await bring({ ...first, 'bob/host/a.yaml': 'b', 'alice/host/b.yaml': 'b' });
    const after = statSync(join(place.dist, 'alice/host/a.yaml'), { bigint: true });
    expect([after.mtimeNs, after.ino]).toEqual([mtimeNs, ino]);
  });

  test.each([
    ['a new directory', () => mkdirSync(join(place.dist, 'alice'))],
    ['a new directory unfinished', () => place.write('dist/.alice.tmp/host/a.yaml', 'a')],
    ['its first file unfinished', () => place.write('dist/alice/.tenant.json.tmp', '{"id": "ali')],
    [
      'another file unfinished',
      () => {
        place.write('dist/alice/tenant.json', marker('alice'));
        place.write('dist/alice/host/.a.yaml.tmp', 'a');
      },
    ],
    ['files missing', () => place.write('dist/alice/tenant.json', marker('alice'))],
    ['only unfinished files below', () => place.write('dist/alice/host/.a.yaml.tmp', '')],
    [
      'a removal whose last directories are empty',
      () => mkdirSync(join(place.dist, 'gone/host'), { recursive: true }),
    ],
    [
      'a removal half done',
      () => {
        place.write('dist/gone/tenant.json', marker('gone'));
        mkdirSync(join(place.dist, 'gone/virtual'));
      },
    ],
  ])('is taken up after an interruption that left %s', async (_, interrupt) => {
    mkdirSync(place.dist);
    interrupt();
    await bring(first);
    expect(contents(place.dist)).toEqual(firstContents);
  });

  test('puts nothing into its place where it cannot write all', async () => {
    await bring(first);
    const before = contents(place.dist);
    const stage = new Stage(place.dist);
    const change = {
      directory: 'bob',
      isLink: false,
      kind: 'changed',
      added: [],
      removed: [],
    } as const;
    const found = { files: new Map([['host/a.yaml', 'a']]), leftovers: [] };
    await stage.add(
      { ...change, changed: ['host/a.yaml'] },
      found,
      new Map([['host/a.yaml', 'new']]),
    );
    // As on a full disk: no name can be that long.
    const path = `host/${'x'.repeat(300)}`;
    await expect(
      stage.add({ ...change, changed: [], added: [path] }, found, new Map([[path, '']])),
    ).rejects.toThrow(/ENAMETOOLONG|name too long/);
    await stage.discard();
    expect(contents(place.dist)).toEqual(before);
  });
});

// More than are written without a thread.
describe('many new directories', () => {
  const ids = Array.from({ length: 500 }, (_, index) => `t-${index}`);

  test('are written like few', async () => {
    const wanted = Object.fromEntries(
      ids.flatMap((id) => [
        [`${id}/tenant.json`, marker(id)],
        [`${id}/host/a.yaml`, `${id} ✋\n`],
      ]),
    );
    await bring(wanted);
    const found = Object.entries(contents(place.dist)).filter(([, text]) => text !== null);
    expect(Object.fromEntries(found)).toEqual(wanted);
  });

  test('are known as they lie there in the end', async () => {
    const stage = new Stage(place.dist);
    mkdirSync(place.dist);
    for (const directory of ids) {
      const added = ['host/a.yaml', 'tenant.json'];
      await stage.add(
        { directory, isLink: false, kind: 'new', added, changed: [], removed: [] },
        null,
        new Map(added.map((path) => [path, directory])),
      );
    }
    const stats = await stage.written();
    stage.commit();
    const digests = (digestOf: (id: string) => string | undefined) => ids.map(digestOf);
    expect(digests((id) => stats.get(id)?.digest)).toEqual(
      digests((id) => statDirectory(join(place.dist, id))?.digest),
    );
  });

  test('leave nothing behind where one of them cannot be written', async () => {
    await bring(first);
    const before = contents(place.dist);
    const stage = new Stage(place.dist);
    const add = async (directory: string, path: string) =>
      stage.add(
        { directory, isLink: false, kind: 'new', added: [path], changed: [], removed: [] },
        null,
        new Map([[path, 'a']]),
      );
    const all = async () => {
      for (const id of ids) await add(id, id === 't-400' ? 'x'.repeat(300) : 'a.yaml');
      await stage.written();
    };
    await expect(all()).rejects.toThrow(/ENAMETOOLONG|name too long/);
    await stage.discard();
    expect(contents(place.dist)).toEqual(before);
  });
});

describe('what Git, editors and people leave in dist/', () => {
  const conflict = (ours: string, theirs: string) =>
    `<<<<<<< HEAD\n${ours}\n=======\n${theirs}\n>>>>>>> branch\n`;

  test.each<readonly [string, () => void]>([
    [
      'conflict marks in a manifest',
      () => place.write('dist/alice/host/a.yaml', conflict('a', 'b')),
    ],
    [
      'conflict marks in tenant.json',
      () => place.write('dist/alice/tenant.json', conflict('{}', marker('alice'))),
    ],
    ['an empty tenant.json', () => place.write('dist/alice/tenant.json', '')],
    [
      'a tenant.json that names another',
      () => place.write('dist/alice/tenant.json', marker('bob')),
    ],
    ['CRLF line ends', () => place.write('dist/alice/host/a.yaml', 'a\r\n')],
    ['a backup of an editor', () => place.write('dist/alice/host/a.yaml.orig', 'a')],
    [
      'a removed tenant whose tenant.json is gone, as after half a merge',
      () => place.write('dist/gone/host/namespace.x.yaml', 'a'),
    ],
    [
      'a removed tenant with conflict marks in tenant.json',
      () => place.write('dist/gone/tenant.json', conflict('{}', marker('gone'))),
    ],
    [
      'a link in the place of a file',
      () => {
        execFileSync('rm', [join(place.dist, 'alice/host/a.yaml')]);
        symlinkSync(join(place.dir, 'elsewhere'), join(place.dist, 'alice/host/a.yaml'));
      },
    ],
    [
      'a link in the place of a directory inside',
      () => {
        execFileSync('rm', ['-r', join(place.dist, 'alice/host')]);
        symlinkSync(place.dir, join(place.dist, 'alice/host'));
      },
    ],
    [
      'a link in the place of a tenant',
      () => {
        execFileSync('mv', [join(place.dist, 'alice'), join(place.dir, 'moved')]);
        symlinkSync(join(place.dir, 'moved'), join(place.dist, 'alice'));
      },
    ],
    [
      'a pipe',
      () => {
        execFileSync('rm', [join(place.dist, 'alice/host/a.yaml')]);
        execFileSync('mkfifo', [join(place.dist, 'alice/host/a.yaml')]);
      },
    ],
  ])('is put right: %s', async (_, damage) => {
    await bring(first);
    damage();
    expect(await bring(first)).toEqual([]);
    expect(contents(place.dist)).toEqual(firstContents);
  });

  test('is never written through a link', async () => {
    await bring(first);
    place.write('moved/tenant.json', marker('alice'));
    place.write('moved/mine.txt', 'mine');
    execFileSync('rm', ['-r', join(place.dist, 'alice')]);
    symlinkSync(join(place.dir, 'moved'), join(place.dist, 'alice'));
    await bring(first);
    expect(contents(join(place.dir, 'moved'))).toEqual({
      'tenant.json': marker('alice'),
      'mine.txt': 'mine',
    });
  });

  test('is left alone and named where it is not ours', async () => {
    await bring(first);
    place.write('dist/alice copy/tenant.json', marker('alice'));
    place.write('dist/alice-copy/tenant.json', JSON.stringify(JSON.parse(marker('alice'))));
    place.write('dist/alice.orig', 'mine');
    place.write('dist/bob copy/tenant.json', conflict('{}', marker('bob')));
    place.write('dist/notes/notes.txt', 'mine');
    symlinkSync('elsewhere', join(place.dist, 'link'));
    const before = Object.keys(contents(place.dist));
    const foreign = ['alice copy', 'alice-copy', 'alice.orig', 'bob copy', 'link', 'notes'];
    expect(await bring(first)).toEqual(foreign);
    expect(Object.keys(contents(place.dist))).toEqual(before);
  });

  test('is refused where a new tenant has to be', async () => {
    await bring(first);
    place.write('dist/carol/notes.txt', 'mine');
    const before = contents(place.dist);
    await expect(bring({ ...first, 'carol/tenant.json': marker('carol') })).rejects.toThrow(
      /carol is not ours; nothing was written/,
    );
    expect(contents(place.dist)).toEqual(before);
  });

  test('is passed over where it is hidden, whatever it is', async () => {
    await bring(first);
    const hidden = ['dist/.DS_Store', 'dist/alice/.DS_Store', 'dist/alice/host/.a.yaml.swp'];
    for (const path of hidden) place.write(path, 'x');
    mkdirSync(join(place.dist, '.idea'));
    // As an editor locks a file: a link that leads nowhere.
    symlinkSync('me@nowhere', join(place.dist, 'bob/host/.#a.yaml'));
    const before = writtenAt(place.dist);
    expect(await bring(first)).toEqual([]);
    expect(writtenAt(place.dist)).toEqual(before);
  });
});

describe('replacing a file', () => {
  test('makes its directory, sets its mode, and leaves nothing beside it', () => {
    const path = join(place.dir, 'state/kubeconfig');
    replaceFile(path, 'one', 0o600);
    replaceFile(path, 'two', 0o600);
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(contents(join(place.dir, 'state'))).toEqual({ kubeconfig: 'two' });
  });

  test('trusts no unfinished file that lies there', () => {
    place.write('.kubeconfig.tmp', 'open to everyone');
    replaceFile(join(place.dir, 'kubeconfig'), 'secret', 0o600);
    expect(statSync(join(place.dir, 'kubeconfig')).mode & 0o777).toBe(0o600);
  });

  test('does not write through a link', () => {
    const other = join(place.dir, 'other');
    writeFileSync(other, 'untouched');
    symlinkSync(other, join(place.dir, '.one.tmp'));
    symlinkSync(other, join(place.dir, 'two'));
    replaceFile(join(place.dir, 'one'), 'new');
    replaceFile(join(place.dir, 'two'), 'new');
    expect(readFileSync(other, 'utf8')).toBe('untouched');
    expect(readFileSync(join(place.dir, 'two'), 'utf8')).toBe('new');
  });
});
