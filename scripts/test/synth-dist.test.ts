import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkDist, type Places, synthDist } from '../lib/dist/synth.ts';
import {
  contents,
  tempWorkspace,
  type TempWorkspace,
  writtenAt,
} from './helpers/temp-workspace.ts';

const alice = { id: 'alice', name: 'Alice' };
const bob = { id: 'bob', name: 'Bob' };

// On a busy machine a synth takes seconds.

let place: TempWorkspace;
beforeEach(() => {
  place = tempWorkspace();
  place.tenants([alice, bob]);
});
afterEach(() => place.remove());

type Outcome = readonly [code: number, ...lines: string[]];

async function outcome(run: typeof synthDist, places: Places = place): Promise<Outcome> {
  const lines: string[] = [];
  const code = await run(places, (line) => void lines.push(line));
  return [code, ...lines.map((line) => line.replaceAll(place.dist, 'dist'))];
}
/** The directories of dist/. */
const directories = () =>
  Object.keys(contents(place.dist))
    .filter((path) => !path.includes('/'))
    .sort();
const synth = () => outcome(synthDist);
const check = () => outcome(checkDist);

describe('synth', () => {
  test('makes a directory for every tenant', async () => {
    expect(await synth()).toEqual([
      0,
      expect.stringMatching(/^_host: new, \d+ files$/),
      'alice: new, 13 files',
      'bob: new, 13 files',
      '3 changed, 2 tenants in dist',
    ]);
    expect(directories()).toEqual(['_host', 'alice', 'bob']);
  });

  test('writes nothing where nothing changed', async () => {
    await synth();
    const before = writtenAt(place.dist);
    expect(await synth()).toEqual([0, 'nothing changed: 2 tenants up to date in dist']);
    expect(writtenAt(place.dist)).toEqual(before);
  });

  test('writes the files that changed, names them, and leaves the others alone', async () => {
    await synth();
    const before = writtenAt(join(place.dist, 'alice'));
    place.tenants([alice, { ...bob, name: 'Robert' }]);
    expect(await synth()).toEqual([
      0,
      'bob: tenant.json, virtual/configmap.fixture-config.yaml, virtual/deployment.fixture-app.yaml',
      '1 changed, 2 tenants in dist',
    ]);
    expect(writtenAt(join(place.dist, 'alice'))).toEqual(before);
  });

  test('skips no minor of what was there before; all tenants that would are named', async () => {
    await synth();
    const older = (path: string, from: RegExp, to: string) =>
      place.write(`dist/${path}`, (contents(place.dist)[path] ?? '').replace(from, to));
    older('alice/tenant.json', /"0\.\d+\.\d+"/, '"0.1.0"');
    older('bob/vcluster.yaml', /tag: v1\.\d+\.\d+/, 'tag: v1.1.0');
    const before = contents(place.dist);
    await expect(synth()).rejects.toThrow(
      /^tenants would skip a minor; nothing was written\n {4}alice: vcluster 0\.1\.0 → \S+\n {4}bob: Kubernetes v1\.1\.0 → \S+\n {2}→ name each/,
    );
    expect(contents(place.dist)).toEqual(before);
  });

  test('changes no version of a tenant that Flux would upgrade', async () => {
    const flux = { registry: 'oci://registry.example.com/tenants' };
    const declare = (vcluster: string) =>
      place.tenants(
        JSON.stringify({
          host: { context: 'eu', engine: 'flux', flux },
          tenants: [{ ...alice, versions: { vcluster } }, bob],
        }),
      );
    declare('0.36.0');
    await synth();
    const before = contents(place.dist);
    declare('0.36.1');
    await expect(synth()).rejects.toThrow(
      /without a snapshot before; nothing was written\n {4}alice: vcluster 0\.36\.0 → 0\.36\.1\n {2}→ run pnpm handover deploy first/,
    );
    expect(contents(place.dist)).toEqual(before);
  });

  test('removes the directory of a tenant that is gone from the file', async () => {
    await synth();
    place.tenants([bob]);
    expect(await synth()).toEqual([0, 'alice: removed', '1 changed, 1 tenant in dist']);
    expect(directories()).toEqual(['_host', 'bob']);
    place.tenants([]);
    expect(await synth()).toEqual([0, 'bob: removed', '1 changed, 0 tenants in dist']);
    expect(directories()).toEqual(['_host']);
  });

  test('says of a change of the host which files it is', async () => {
    await synth();
    const [tenants, host] = [[alice, bob], { priorityClasses: ['low'] }];
    place.tenants(JSON.stringify({ host, tenants }));
    expect(await synth()).toEqual([
      0,
      expect.stringMatching(/^_host: \S+\.yaml$/),
      '1 changed, 2 tenants in dist',
    ]);
  });

  test('gives each of several hosts a directory, and takes those of before away', async () => {
    await synth();
    const before = contents(place.dist);
    const hosts = { 'eu-1': { context: 'kind-tenantry' }, 'us-1': { context: 'us' } };
    const tenants = [
      { ...alice, host: 'eu-1' },
      { ...bob, host: 'us-1' },
    ];
    place.tenants(JSON.stringify({ hosts, tenants }));
    expect(await synth()).toEqual([
      0,
      expect.stringMatching(/^_hosts: new, \d+ files$/),
      'alice: tenant.json',
      'bob: tenant.json',
      '_host: removed',
      '4 changed, 2 tenants in dist',
    ]);
    expect(directories()).toEqual(['_hosts', 'alice', 'bob']);
    const priorityClasses = ['low'];
    place.tenants(
      JSON.stringify({ hosts: { ...hosts, 'us-1': { context: 'us', priorityClasses } }, tenants }),
    );
    expect(await synth()).toEqual([
      0,
      expect.stringMatching(/^_hosts: us-1\/\S+\.yaml$/),
      '1 changed, 2 tenants in dist',
    ]);
    place.tenants([alice, bob]);
    await synth();
    expect(contents(place.dist)).toEqual(before);
  });

  test('gives other engines directories of their own, and takes them away again', async () => {
    await synth();
    const before = contents(place.dist);
    const argocd = { repository: 'https://git.example.com/acme/tenants.git' };
    const host = { flux: { registry: 'oci://registry.example.com/tenants' } };
    place.tenants(JSON.stringify({ argocd, host, tenants: [alice, bob] }));
    await synth();
    expect(directories()).toEqual(['_argocd', '_flux', '_host', 'alice', 'bob']);
    expect(await checkDist(place, () => {})).toBe(0);
    place.tenants([alice, bob]);
    await synth();
    expect(contents(place.dist)).toEqual(before);
  });

  test('undoes changes by hand', async () => {
    await synth();
    const before = contents(place.dist);
    rmSync(join(place.dist, 'alice/vcluster.yaml'));
    place.write('dist/alice/host/extra.yaml', 'kind: Extra\n');
    place.write('dist/bob/vcluster.yaml', 'changed\n');
    expect(await synth()).toEqual([
      0,
      'alice: +vcluster.yaml, -host/extra.yaml',
      'bob: vcluster.yaml',
      '2 changed, 2 tenants in dist',
    ]);
    expect(contents(place.dist)).toEqual(before);
  });

  test.each([
    [
      'with a file unfinished',
      () => {
        const file = join(place.dist, 'alice/vcluster.yaml');
        renameSync(file, join(place.dist, 'alice/.vcluster.yaml.tmp'));
      },
    ],
    ['with files missing', () => rmSync(join(place.dist, 'alice/host'), { recursive: true })],
    [
      'at its first file',
      () => {
        rmSync(join(place.dist, 'alice'), { recursive: true });
        place.write('dist/alice/.tenant.json.tmp', '{');
      },
    ],
    [
      'while it removed a tenant',
      () => mkdirSync(join(place.dist, 'gone/virtual'), { recursive: true }),
    ],
  ])('finishes what one began that was interrupted %s', async (_, interrupt) => {
    await synth();
    const before = contents(place.dist);
    interrupt();
    expect(contents(place.dist)).not.toEqual(before);
    expect((await synth())[0]).toBe(0);
    expect(contents(place.dist)).toEqual(before);
  });

  test('touches no directory that holds something else', async () => {
    place.write('dist/notes.txt', 'mine');
    place.write('dist/alice/notes.txt', 'mine');
    const before = contents(place.dir);
    await expect(synth()).rejects.toThrow(/is not ours; nothing was written/);
    await expect(check()).rejects.toThrow(/is not ours; nothing was written/);
    expect(contents(place.dir)).toEqual(before);
  });

  test('stops at a file in the place of dist/', async () => {
    writeFileSync(place.dist, 'mine');
    await expect(synth()).rejects.toThrow(
      /dist is not a directory\n {2}→ name another one with --out/,
    );
  });

  test('says what to do where tenants.json is missing or cannot be read', async () => {
    rmSync(place.tenantsFile);
    await expect(synth()).rejects.toThrow(
      /tenants\.json is not there\n {2}→ least form: \{"tenants":/,
    );
    mkdirSync(place.tenantsFile);
    await expect(synth()).rejects.toThrow(
      /tenants\.json cannot be read: EISDIR\n {2}→ name another file/,
    );
  });
});

describe('synth --check', () => {
  test('is content where dist/ is up to date', async () => {
    await synth();
    expect(await check()).toEqual([0, 'dist is up to date: 2 tenants']);
  });

  test('names what is stale, missing and surplus, fails, and writes nothing', async () => {
    await synth();
    place.tenants([alice, { id: 'carol', name: 'Carol' }]);
    place.write('dist/alice/vcluster.yaml', 'changed\n');
    place.write('dist/alice/host/extra.yaml', 'kind: Extra\n');
    rmSync(join(place.dist, 'alice/virtual/configmap.fixture-config.yaml'));
    const before = [contents(place.dir), writtenAt(place.dir)];
    const [code, ...lines] = await check();
    expect(code).toBe(4);
    expect(lines).toEqual(
      expect.arrayContaining([
        'stale: alice/vcluster.yaml',
        'missing: alice/virtual/configmap.fixture-config.yaml',
        'surplus: alice/host/extra.yaml',
        'surplus: bob/tenant.json',
        'missing: carol/tenant.json',
      ]),
    );
    expect(lines).toHaveLength(3 + 13 + 13 + 1);
    expect(lines.at(-1)).toBe('dist is not up to date\n  → run pnpm synth and commit the result');
    expect([contents(place.dir), writtenAt(place.dir)]).toEqual(before);
  });

  test('does not make a dist/ that is not there', async () => {
    expect((await check())[0]).toBe(4);
    expect(Object.keys(contents(place.dir))).toEqual(['tenants.json']);
  });
});
