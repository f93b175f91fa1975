import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { distChanges } from '@tenantry/plan';
import { readDist, replaceFile, writeDist } from '../lib/dist/write.ts';
import { contents, tempWorkspace, type TempWorkspace } from './helpers/temp-workspace.ts';

let place: TempWorkspace;
beforeEach(() => {
  place = tempWorkspace();
});
afterEach(() => place.remove());

const marker = (id: string) => JSON.stringify({ id, inputHash: '0' });

function bring(wanted: Readonly<Record<string, string>>): void {
  const tree = new Map(Object.entries(wanted));
  writeDist(place.dist, tree, distChanges(readDist(place.dist), tree));
}

describe('reading', () => {
  test('finds nothing where there is no directory, or an empty one', () => {
    expect([...readDist(place.dist)]).toEqual([]);
    mkdirSync(place.dist);
    expect([...readDist(place.dist)]).toEqual([]);
  });

  test('finds the files of tenants and of _host', () => {
    place.write('dist/alice/tenant.json', marker('alice'));
    place.write('dist/alice/host/a.yaml', 'a');
    place.write('dist/_host/b.yaml', 'b');
    expect(Object.fromEntries(readDist(place.dist))).toEqual({
      'alice/tenant.json': marker('alice'),
      'alice/host/a.yaml': 'a',
      '_host/b.yaml': 'b',
    });
  });

  test.each([
    ['a file', 'dist/README.md', 'hello'],
    ['a directory without tenant.json', 'dist/alice/notes.txt', 'hello'],
    ['a directory whose tenant.json is another tenant’s', 'dist/alice/tenant.json', marker('bob')],
    ['a tenant.json of somebody else', 'dist/alice/tenant.json', '{"id":"alice"}'],
    ['a tenant.json that is no JSON', 'dist/alice/tenant.json', 'id: alice'],
    ['a tenant.json that is no object', 'dist/alice/tenant.json', 'null'],
    ['files below an empty directory', 'dist/alice/host/notes.txt', 'hello'],
  ])('refuses %s', (_, path, text) => {
    place.write('dist/bob/tenant.json', marker('bob'));
    place.write(path, text);
    expect(() => readDist(place.dist)).toThrow(
      /dist\/\S+ is not ours; nothing was written\n {2}→ move it away, or name another directory/,
    );
  });

  test('refuses a link to elsewhere in the place of a tenant', () => {
    place.write('elsewhere/tenant.json', marker('alice'));
    mkdirSync(place.dist);
    symlinkSync(join(place.dir, 'elsewhere'), join(place.dist, 'alice'));
    expect(() => readDist(place.dist)).toThrow(/alice is not ours/);
  });

  test('refuses a file in the place of the directory', () => {
    place.write('dist', 'hello');
    expect(() => readDist(place.dist)).toThrow(/dist is not a directory/);
  });
});

describe('writing', () => {
  const first = {
    'alice/tenant.json': marker('alice'),
    'alice/host/a.yaml': 'a',
    'bob/tenant.json': marker('bob'),
    'bob/host/a.yaml': 'a',
  };

  test('brings any tree to any other, and leaves no empty directory', () => {
    bring(first);
    expect(contents(place.dist)).toMatchObject(first);
    const second = { 'bob/tenant.json': marker('bob'), 'bob/virtual/b.yaml': 'b' };
    bring(second);
    expect(contents(place.dist)).toEqual({ ...second, bob: null, 'bob/virtual': null });
    bring({});
    expect(contents(place.dist)).toEqual({});
  });

  test('makes a file out of a directory and a directory out of a file', () => {
    const tenant = { 'alice/tenant.json': marker('alice') };
    bring({ ...tenant, 'alice/x/deep': '1', 'alice/y': '2' });
    bring({ ...tenant, 'alice/x': '3', 'alice/y/deep': '4' });
    expect(contents(place.dist)).toMatchObject({ 'alice/x': '3', 'alice/y/deep': '4' });
  });

  test('leaves files alone that are right', () => {
    bring(first);
    const { mtimeNs, ino } = statSync(join(place.dist, 'alice/host/a.yaml'), { bigint: true });
    bring({ ...first, 'bob/host/a.yaml': 'b' });
    const after = statSync(join(place.dist, 'alice/host/a.yaml'), { bigint: true });
    expect([after.mtimeNs, after.ino]).toEqual([mtimeNs, ino]);
  });

  test.each([
    ['a new directory', () => mkdirSync(join(place.dist, 'alice'))],
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
  ])('is taken up after an interruption that left %s', (_, interrupt) => {
    mkdirSync(place.dist);
    interrupt();
    bring(first);
    expect(contents(place.dist)).toEqual({
      ...first,
      alice: null,
      'alice/host': null,
      bob: null,
      'bob/host': null,
    });
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
