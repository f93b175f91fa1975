import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import {
  applyIn,
  CONFIG_MAP,
  directory,
  host,
  killAfter,
  makeSecondHost,
  pnpm,
  pnpmOk,
  referenceTenants,
  type SecondHost,
  type SteadyClient,
  steadyClient,
  tenant,
  timed,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(20 * 60_000);

const EU = ['alice', 'bob', 'carol'];
const US = ['dave', 'erin', 'frank'];
/** In which a move that is killed once is well on its way. */
const MOVE_MILLISECONDS = 40_000;

const nameOf = (id: string) => id.replace(/^./, (first) => first.toUpperCase());
const greeting = (id: string) => `Hello there TenantID ✋ ${nameOf(id)}`;
const namespacesOf = (list: string) => list.match(/vcluster-tenant-\w+/g) ?? [];
const LIST = ['get', 'namespaces', '-l', 'tenantry.dev/tenant', '-o', 'name'];

let us: SecondHost;
/** They ask all the time while somebody else moves. */
const clients = new Map<string, SteadyClient>();

/** Where the tenants are, by the names of hosts, and who is how many pods' plan. */
async function synth(pods = 20): Promise<void> {
  const { plans, graceDays, defaultPlan } = referenceTenants() as Record<string, unknown>;
  const { small } = plans as { small: object };
  writeTenants({
    hosts: { 'eu-1': { context: 'kind-tenantry' }, 'us-1': { context: us.context } },
    graceDays,
    defaultPlan,
    plans: { small: { ...small, pods } },
    waves: ['canary'],
    tenants: [...EU, ...US].map((id) => ({
      id,
      name: nameOf(id),
      host: EU.includes(id) ? 'eu-1' : 'us-1',
      ...(id === 'alice' && { wave: 'canary' }),
    })),
  });
  await pnpmOk(['synth']);
}

beforeAll(async () => {
  us = await timed('second cluster', makeSecondHost);
  process.env['KUBECONFIG'] = us.kubeconfig;
  await synth();
});
afterAll(async () => {
  for (const client of clients.values()) await client.stop();
  await us.remove();
});

test('six tenants come up on two hosts, the canary first, each on its own', async () => {
  const { stdout, stderr } = await timed('deploy', () => pnpmOk(['run', 'deploy']));
  for (const id of [...EU, ...US]) expect(stdout).toContain(`${id}: ${greeting(id)}`);
  expect(stderr.indexOf('✓ wave canary (1 tenant): done')).toBeLessThan(
    stderr.indexOf('· wave rest (5 tenants) …'),
  );
  const namespaces = (ids: readonly string[]) => ids.map((id) => `vcluster-tenant-${id}`);
  expect(namespacesOf(await host(LIST))).toEqual(namespaces(EU));
  expect(namespacesOf(await us.kubectl(LIST))).toEqual(namespaces(US));
  expect((await pnpmOk(['run', 'deploy'])).stdout).toContain(
    'nothing changed: 6 of 6 tenants match dist/',
  );
});

test('a canary that fails holds the rest back on both hosts, and the same command goes on', async () => {
  const patch = ['patch', 'configmap', 'tenant-id', '--type=merge', '-p'];
  await tenant('alice', ['-n', 'default', ...patch, '{"data":{"TENANT_ID":"Alicia"}}']);
  await synth(21);
  const held = await pnpm(['run', 'deploy']);
  expect(held).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining(
      'held back: wave canary failed: rest (bob, carol, dave, erin, frank)',
    ),
  });
  expect(held.stderr).toMatch(/alice: .*conflict with "kubectl-patch"/s);
  const podsOf = (kubectl: typeof host, id: string) =>
    kubectl([
      '-n',
      `vcluster-tenant-${id}`,
      'get',
      'resourcequotas',
      '-o',
      'jsonpath={.items[*].spec.hard.pods}',
    ]);
  const bothOf = () => Promise.all([podsOf(host, 'bob'), podsOf(us.kubectl, 'dave')]);
  const [former] = await bothOf();
  await pnpmOk(['run', 'deploy', '--take-over']);
  for (const pods of await bothOf()) expect(Number(pods)).toBe(Number(former) + 1);
  expect(await pnpm(['--silent', 'plan', '--exit-code'])).toMatchObject({ exitCode: 0 });
});

test('a tenant moves with its data, killed on the way, and no request of the others is lost', async () => {
  await applyIn('bob', [CONFIG_MAP]);
  for (const id of EU) if (id !== 'bob') clients.set(id, await steadyClient(id, greeting(id)));
  for (const id of US) clients.set(id, await steadyClient(id, greeting(id), us.reach));
  const move = ['move', 'bob', '--to', 'us-1'];
  expect(await killAfter(move, MOVE_MILLISECONDS, 'group')).toBe(true);
  expect((await pnpmOk(['plan', 'alice'])).stdout).toContain('nothing to change');
  const { stdout } = await timed('move, taken up again', () => pnpmOk(move));
  expect(stdout).toContain('bob: moved from eu-1 to us-1');

  expect(namespacesOf(await host(LIST))).toEqual([
    'vcluster-tenant-alice',
    'vcluster-tenant-carol',
  ]);
  expect(namespacesOf(await us.kubectl(LIST))).toContain('vcluster-tenant-bob');
  expect((await pnpmOk(['--silent', 'greet', 'bob'])).stdout).toContain(greeting('bob'));
  const entry = ['get', 'configmap', CONFIG_MAP.metadata.name, '-n', 'default'];
  expect(await tenant('bob', [...entry, '-o', 'jsonpath={.data.entry}'])).toBe(
    CONFIG_MAP.data.entry,
  );
  expect(readFileSync(join(directory, 'tenants.json'), 'utf8')).toMatch(
    /"id": "bob",[^}]*"host": "us-1"/,
  );
  const archives = join(directory, 'archives');
  expect(existsSync(archives) ? readdirSync(archives) : []).toEqual([]);

  for (const [id, client] of clients) {
    clients.delete(id);
    const { requests, failures } = await client.stop();
    process.stderr.write(`${id}: ${requests} requests, ${failures.length} failed\n`);
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(100);
  }
});

test('a host that is away fails its own tenants only', async () => {
  await execa('docker', ['stop', us.node]);
  const deployed = await pnpm(['run', 'deploy']);
  expect(deployed).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/^us-1: .*\n {2}→ [^]*left alone: bob, dave, erin, frank$/m),
  });
  expect(deployed.stdout).toContain(greeting('carol'));
  expect(await pnpmOk(['--silent', 'greet', '--host', 'eu-1'])).toMatchObject({
    stdout: expect.stringContaining(greeting('alice')),
  });
});
