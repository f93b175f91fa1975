import { beforeAll, expect, jest, test } from '@jest/globals';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import {
  applyIn,
  CONFIG_MAP,
  directory,
  host,
  killAfter,
  pnpm,
  pnpmOk,
  referenceTenants,
  steadyClient,
  tenant,
  timed,
  writeTenants,
} from '../src/index.ts';

// Where there is no registry, the first upgrade compiles a vcluster.
jest.setTimeout(40 * 60_000);

const FORMER = '0.36.0';
const NEXT = '0.36.1';
/** In which a restore that has begun is well on its way, and not at its end. */
const RESTORE_MILLISECONDS = 10_000;
const BEGIN_MILLISECONDS = 180_000;
const AFTER = { ...CONFIG_MAP, data: { entry: 'after the upgrade' } };

const archives = join(directory, 'archives');
const greeting = (name: string) => `Hello there TenantID ✋ ${name}`;

/** Alice is the canary; the version is their plan's. */
async function synth(vcluster: string): Promise<void> {
  const { plans, ...rest } = referenceTenants() as Record<string, unknown>;
  const { small } = plans as { small: object };
  writeTenants({
    ...rest,
    plans: { small: { ...small, versions: { vcluster } } },
    waves: ['canary'],
    tenants: [
      { id: 'alice', name: 'Alice', wave: 'canary' },
      { id: 'bob', name: 'Bob' },
    ],
  });
  await pnpmOk(['synth']);
}

/** Which vcluster a tenant's control plane is of, as its image says. */
async function versionOf(id: string): Promise<string> {
  const path = 'jsonpath={.spec.template.spec.containers[?(@.name=="syncer")].image}';
  const statefulSet = ['get', 'statefulset', `tenant-${id}`, '-n', `vcluster-tenant-${id}`];
  return (await host([...statefulSet, '-o', path])).replace(/^.*:/, '');
}

/** The snapshots that were kept of a tenant, oldest first. */
const snapshotsOf = (id: string) =>
  readdirSync(archives)
    .filter((name) => name.startsWith(`${id}-`) && name.endsWith('.tar.gz'))
    .sort();

const entryOf = (id: string) =>
  tenant(id, ['get', 'configmap', CONFIG_MAP.metadata.name, '-o', 'jsonpath={.data.entry}']);

/** Until a restore into a tenant is on its way, as its namespace says. */
async function onItsWay(id: string): Promise<void> {
  const path = 'jsonpath={.metadata.annotations.tenantry\\.dev/restoring}';
  const namespace = ['get', 'namespace', `vcluster-tenant-${id}`, '-o', path];
  const deadline = Date.now() + BEGIN_MILLISECONDS;
  while ((await host(namespace)) === '' && Date.now() < deadline) await sleep(500);
  await sleep(RESTORE_MILLISECONDS);
}

beforeAll(async () => {
  rmSync(archives, { recursive: true, force: true });
  await synth(FORMER);
  await timed('deploy', () => pnpmOk(['deploy']));
  for (const id of ['alice', 'bob']) await applyIn(id, [CONFIG_MAP]);
});

test('a plan says of which versions a snapshot is taken before', async () => {
  await synth(NEXT);
  const { stdout } = await pnpmOk(['--silent', 'plan']);
  expect(stdout).toMatch(/^wave 1 of 2, canary: alice$[^]*^wave 2 of 2, rest: bob$/m);
  const line = `  + snapshot of vcluster ${FORMER}, Kubernetes 1.36.3, in archives/`;
  expect(stdout.split('\n').filter((each) => each === line)).toHaveLength(2);
});

test('a canary that fails is upgraded, with a snapshot before, and the rest is held back', async () => {
  // Somebody of hers has changed what is ours, which is not to be changed back unasked.
  const patch = ['patch', 'configmap', 'tenant-id', '--type=merge', '-p'];
  await tenant('alice', ['-n', 'default', ...patch, '{"data":{"TENANT_ID":"Alicia"}}']);
  const client = await steadyClient('bob', greeting('Bob'));
  const held = await timed('deploy of the canary', () => pnpm(['run', 'deploy']));
  const { requests, failures } = await client.stop();
  expect(held).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('held back: wave canary failed: rest (bob)'),
  });
  expect([await versionOf('alice'), await versionOf('bob')]).toEqual([NEXT, FORMER]);
  process.stderr.write(`Bob: ${requests} requests, ${failures.length} failed\n`);
  expect(failures).toEqual([]);
  expect(snapshotsOf('bob')).toEqual([]);
  const [snapshot = ''] = snapshotsOf('alice');
  expect(snapshot).toMatch(new RegExp(`Z-vcluster-${FORMER}-kubernetes-1\\.36\\.3\\.tar\\.gz$`));
  expect(statSync(join(archives, snapshot)).mode & 0o777).toBe(0o600);
  await execa('sha256sum', ['--check', `${snapshot}.sha256`], { cwd: archives });
});

test('once the canary is mended, the same command goes on with the rest', async () => {
  const { stdout } = await timed('deploy of the rest', () =>
    pnpmOk(['run', 'deploy', '--take-over']),
  );
  expect(stdout).toContain(`alice: ${greeting('Alice')}`);
  expect(stdout).toContain(`bob: ${greeting('Bob')}`);
  expect([await versionOf('alice'), await versionOf('bob')]).toEqual([NEXT, NEXT]);
  // One for each version that was left.
  expect([snapshotsOf('alice').length, snapshotsOf('bob').length]).toEqual([1, 1]);
  expect(await entryOf('bob')).toBe(CONFIG_MAP.data.entry);
  expect((await pnpmOk(['run', 'deploy'])).stdout).toContain(
    'nothing changed: 2 of 2 tenants match dist/',
  );
});

test('a snapshot is the way back, killed on the way, and a neighbour notices nothing', async () => {
  await applyIn('bob', [AFTER]);
  const client = await steadyClient('alice', greeting('Alice'));
  const [snapshot = ''] = snapshotsOf('bob');
  const restore = ['restore', 'bob', '--from', join(archives, snapshot), '--confirm', 'bob'];
  expect(await killAfter(restore, onItsWay('bob'), 'group')).toBe(true);
  // With half of its data it would delete the rest.
  expect(await pnpm(['resume', 'bob'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('bob is half restored; nothing was written'),
  });
  const { stdout } = await timed('restore', () => pnpmOk(restore));
  expect(stdout).toContain(`bob: ${greeting('Bob')}`);
  expect(await entryOf('bob')).toBe(CONFIG_MAP.data.entry);
  expect([await versionOf('alice'), await versionOf('bob')]).toEqual([NEXT, FORMER]);
  // What it had before is kept as well.
  expect(snapshotsOf('bob').at(-1)).toContain(`-vcluster-${NEXT}-`);
  expect(readFileSync(join(directory, 'tenants.json'), 'utf8')).toMatch(
    /"id": "bob",[^]*"versions": \{\s*"vcluster": "0\.36\.0"/,
  );
  await pnpmOk(['synth', '--check']);
  expect((await pnpmOk(['run', 'deploy'])).stdout).toContain(
    'nothing changed: 2 of 2 tenants match dist/',
  );
  const { requests, failures } = await client.stop();
  process.stderr.write(`Alice: ${requests} requests, ${failures.length} failed\n`);
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(100);
});

test('and one that is paused is upgraded with a snapshot too, and resumed with its data', async () => {
  await pnpmOk(['pause', 'bob']);
  const before = snapshotsOf('bob').length;
  await synth(NEXT);
  await pnpmOk(['pause', 'bob']);
  expect([await versionOf('bob'), snapshotsOf('bob').length]).toEqual([NEXT, before + 1]);
  const pods = ['get', 'pods,resourcequotas', '-n', 'vcluster-tenant-bob', '-o', 'name'];
  expect(await host(pods)).toBe('resourcequota/tenant-bob');
  expect((await pnpmOk(['resume', 'bob'])).stdout).toContain(`bob: ${greeting('Bob')}`);
  expect(await entryOf('bob')).toBe(CONFIG_MAP.data.entry);
});
