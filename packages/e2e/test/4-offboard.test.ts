import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyIn,
  CONFIG_MAP,
  directory,
  hostObjects,
  killAfter,
  CLAIM,
  notesPod,
  numberVariable,
  pnpm,
  pnpmOk,
  readNote,
  referenceTenants,
  type SteadyClient,
  steadyClient,
  tenant,
  timed,
  UNANSWERED_API,
  WIDGET,
  WIDGETS,
  WRITE_NOTE,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(15 * 60_000);

/** How often an offboarding is killed; more by hand than in every run. */
const KILLS = numberVariable('TENANTRY_KILLS', 4);
/** So many kills, one run after the other, before it is left to end. */
const KILLS_IN_A_ROW = 4;
/** About what an offboarding takes, in which the kills are spread. */
const OFFBOARD_MILLISECONDS = 50_000;

const archives = join(directory, 'archives');
const unreadable = UNANSWERED_API.metadata.name;
const confirmed = ['offboard', 'alice', '--confirm', 'alice', '--discard-volumes'];
const offboard = [...confirmed, '--accept-unreadable', unreadable];

interface File {
  readonly tenants: readonly { readonly id: string }[];
  readonly offboarded: readonly {
    readonly id: string;
    readonly digest: string;
    readonly objects: number;
    readonly volumes: number;
    readonly unreadable?: readonly string[];
  }[];
}

const file = () => JSON.parse(readFileSync(join(directory, 'tenants.json'), 'utf8')) as File;

/** The archives that are there, oldest first; they are named by their moment. */
const stored = () =>
  readdirSync(archives)
    .filter((name) => /\.tar(\.age)?$/.test(name))
    .sort();

let bobsClient: SteadyClient | undefined;
/** Of Alice with all that is hers. */
let archive = '';

beforeAll(async () => {
  rmSync(archives, { recursive: true, force: true });
  writeTenants(referenceTenants());
  await pnpmOk(['synth']);
  await pnpmOk(['deploy']);
  bobsClient = await steadyClient('bob', 'Hello there TenantID ✋ Bob');
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'key', namespace: 'default' },
    stringData: { key: 'of hers' },
  };
  await applyIn('alice', [CONFIG_MAP, CLAIM, secret, notesPod('writer', WRITE_NOTE)]);
  await applyIn('alice', [WIDGETS, UNANSWERED_API]);
  await tenant('alice', ['wait', '--for=condition=Established', 'crd/widgets.example.com']);
  await applyIn('alice', [WIDGET]);
  await tenant('alice', ['wait', '--for=condition=Ready', 'pod/writer', '--timeout=120s']);
});

afterAll(async () => {
  await bobsClient?.stop();
  writeTenants(referenceTenants());
  await pnpmOk(['synth']);
  await pnpmOk(['deploy']);
  // With these no namespace of Alice's would ever go.
  const broken = [`apiservice/${unreadable}`, `crd/${WIDGETS.metadata.name}`];
  await tenant('alice', ['delete', ...broken, '--ignore-not-found', '--wait=false']);
});

/** Nothing of Alice is left: on the host, in the files, of what the command had made for itself. */
async function expectNothingLeft(): Promise<void> {
  const namespaces = await hostObjects(['namespaces']);
  expect(
    namespaces.map(({ metadata }) => metadata.name).filter((name) => /alice/.test(name)),
  ).toEqual([]);
  const clusterWide = await hostObjects(['persistentvolumes,clusterroles,clusterrolebindings']);
  expect(clusterWide.filter((object) => JSON.stringify(object).includes('tenant-alice'))).toEqual(
    [],
  );
  expect(file().tenants.map(({ id }) => id)).toEqual(['bob']);
  expect(existsSync(join(directory, 'dist/alice'))).toBe(false);
  await pnpmOk(['synth', '--check']);
  const digests = await Promise.all(stored().map(digestOf));
  expect(digests).toEqual(file().offboarded.map(({ digest }) => digest));
  const others = readdirSync(archives).filter((name) => !/\.tar(\.age)?(\.sha256)?$/.test(name));
  expect(others).toEqual([]);
  const state = readdirSync(join(directory, '.tenantry'));
  expect(state.filter((name) => /alice/.test(name))).toEqual([]);
}

async function digestOf(name: string): Promise<string> {
  const { stdout } = await execa('sha256sum', [name], { cwd: archives });
  return `sha256:${stdout.split(' ')[0]}`;
}

function entryOfConfigMap(): Promise<string> {
  return tenant('alice', ['get', 'configmap', 'diary', '-o', 'jsonpath={.data.entry}']);
}

describe('Alice is offboarded', () => {
  test('not while she is kept, nor while her volumes would be lost unsaid', async () => {
    const { tenants, ...rest } = file();
    const kept = tenants.map((each) => (each.id === 'alice' ? { ...each, keep: true } : each));
    writeTenants({ ...rest, tenants: kept });
    const refused = await pnpm(offboard);
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('alice is kept'),
    });
    writeTenants({ ...rest, tenants });

    const before = readFileSync(join(directory, 'tenants.json'), 'utf8');
    const { exitCode, stderr } = await pnpm(['offboard', 'alice', '--confirm', 'alice']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('default/notes (16Mi)')]);
    expect(readFileSync(join(directory, 'tenants.json'), 'utf8')).toBe(before);
    expect((await pnpmOk(['greet', 'alice'])).stdout).toContain('✋ Alice');
  });

  test('nor where something of hers cannot be read, by that name only', async () => {
    // kubectl asks for the version that is preferred, which no webhook makes.
    await expect(tenant('alice', ['get', 'widgets'])).rejects.toThrow(/conversion webhook/);
    const { exitCode, stderr } = await pnpm(confirmed);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining(`add --accept-unreadable ${unreadable}:`),
    ]);
    expect(file().offboarded).toEqual([]);
  });

  test('with proof: archived, restored once, compared, deleted, receipted', async () => {
    const { stdout, stderr } = await timed('pnpm offboard', () => pnpmOk(offboard));
    process.stderr.write(`${/\d+ of \d+ objects compared/.exec(stderr)?.[0]}\n`);
    expect(stderr).toMatch(/\d{3} of \d{3} objects compared, all restored/);
    expect(stdout).toContain('alice: offboarded; no leftovers');
    await expectNothingLeft();
    const [receipt] = file().offboarded;
    expect(receipt).toMatchObject({ id: 'alice', volumes: 1, unreadable: [unreadable] });
    expect(receipt).toMatchObject({ reason: 'by an operator' });
    expect(receipt?.objects).toBeGreaterThan(200);
    archive = join(archives, stored()[0] ?? '');
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    await execa('sha256sum', ['--check', `${archive}.sha256`], { cwd: archives });
    expect((await pnpmOk(offboard)).stdout).toContain('alice: offboarded already');
  });

  test('who comes under her id gets none of what was hers', async () => {
    await pnpmOk(['onboard', 'alice', '--name', 'Another Alice']);
    expect((await pnpmOk(['deploy', 'alice'])).stdout).toContain('✋ Another Alice');
    const hers = [
      'get',
      'configmaps,secrets,persistentvolumeclaims',
      '-n',
      'default',
      '-o',
      'name',
    ];
    expect((await tenant('alice', hers)).split('\n').sort()).toEqual([
      'configmap/kube-root-ca.crt',
      'configmap/tenant-id',
    ]);
    const restore = await pnpm(['restore', 'alice', '--from', archive]);
    expect(restore).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('alice in tenants.json is "Another Alice"'),
    });
    const forged = `${archive}.forged`;
    writeFileSync(forged, Buffer.concat([readFileSync(archive), Buffer.alloc(512)]));
    const untrusted = await pnpm(['restore', 'alice', '--from', forged]);
    rmSync(forged);
    expect(untrusted).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('not one that was written of alice'),
    });
    // A key of nobody's.
    const recipient = 'age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj';
    await pnpmOk(['offboard', 'alice', '--confirm', 'alice', '--recipient', recipient]);
    await expectNothingLeft();
    expect(stored().at(-1)).toMatch(/\.tar\.age$/);
    const encrypted = await pnpm([
      'restore',
      'alice',
      '--from',
      join(archives, stored().at(-1) ?? ''),
    ]);
    expect([encrypted.exitCode, encrypted.stderr]).toEqual([
      2,
      expect.stringContaining('--identity'),
    ]);
  });

  test('and back with all of her objects; her volumes are new', async () => {
    const { stdout } = await timed('pnpm restore', () =>
      pnpmOk(['restore', 'alice', '--from', archive]),
    );
    expect(stdout).toContain('alice: Hello there TenantID ✋ Alice');
    expect(stdout).toMatch(/\d{3} of \d{3} objects compared, all there/);
    expect(await entryOfConfigMap()).toBe('before the pause');
    const widget = ['get', 'widgets.v1.example.com', 'first', '-o', 'jsonpath={.spec.size}'];
    expect(await tenant('alice', widget)).toBe('3');
    const key = ['get', 'secret', 'key', '-o', 'jsonpath={.data.key}'];
    expect(Buffer.from(await tenant('alice', key), 'base64').toString()).toBe('of hers');
    expect(await readNote('alice')).toBe('no note');
    const again = await pnpm(['restore', 'alice', '--from', archive]);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('lives on')]);
    expect((await pnpmOk(['deploy', 'alice'])).stdout).toContain('nothing changed: 1 of 1');
  });
});

describe('an offboarding that is killed', () => {
  const moments = Array.from({ length: KILLS }, (_, round) => ({
    after: Math.round(Math.random() * OFFBOARD_MILLISECONDS),
    scope: round % 2 === 0 ? ('group' as const) : ('command' as const),
  }));
  const rounds = Array.from({ length: Math.ceil(KILLS / KILLS_IN_A_ROW) }, (_, round) =>
    moments.slice(round * KILLS_IN_A_ROW, (round + 1) * KILLS_IN_A_ROW),
  );

  test.each(rounds)('is taken up again: %j', async (...kills) => {
    for (const { after, scope } of kills) {
      const killed = await killAfter(offboard, after, scope);
      process.stderr.write(`${scope} ${killed ? 'killed' : 'ended before'} ${after} ms\n`);
    }
    await timed('pnpm offboard', () => pnpmOk(offboard));
    await expectNothingLeft();
    await timed('pnpm restore', () =>
      pnpmOk(['restore', 'alice', '--from', join(archives, stored().at(-1) ?? '')]),
    );
    expect(await entryOfConfigMap()).toBe('before the pause');
  });
});

test('Bob has noticed nothing', async () => {
  const { requests = 0, failures } = (await bobsClient?.stop()) ?? {};
  process.stderr.write(`Bob: ${requests} requests, ${failures?.length} failed\n`);
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(500);
});
