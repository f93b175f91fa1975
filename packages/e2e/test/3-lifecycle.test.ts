import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  applyIn,
  cluster,
  CONFIG_MAP,
  directory,
  hostContext,
  hostObjects,
  killAfter,
  CLAIM,
  notesPod,
  numberVariable,
  plantPods,
  pnpm,
  pnpmOk,
  readNote,
  referenceTenants,
  type SteadyClient,
  steadyClient,
  tenant,
  timed,
  toolPath,
  WRITE_NOTE,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(10 * 60_000);

const NAMESPACE = 'vcluster-tenant-alice';
const KILLS = numberVariable('TENANTRY_KILLS', 2);
/** What a pause takes at most, in which the kills are spread. */
const PAUSE_MILLISECONDS = 12_000;

let bobsClient: SteadyClient | undefined;
let scratch: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'tenantry-e2e-life-'));
  writeTenants(withTenants([{ id: 'bob', name: 'Bob' }]));
  await pnpmOk(['synth']);
  await pnpmOk(['deploy']);
  // A copy, because vcluster writes into what it is given.
  copyFileSync(join(directory, '.tenantry/kubeconfig'), join(scratch, 'kubeconfig'));
  bobsClient = await steadyClient('bob', 'Hello there TenantID ✋ Bob');
});

afterAll(async () => {
  await bobsClient?.stop();
  rmSync(scratch, { recursive: true, force: true });
  writeTenants(referenceTenants());
  await pnpmOk(['synth']);
  await pnpmOk(['deploy']);
});

function withTenants(tenants: readonly object[]): object {
  return { ...referenceTenants(), tenants };
}

const tenantsFile = join(directory, 'tenants.json');
const state = () => JSON.parse(readFileSync(tenantsFile, 'utf8')) as { tenants: { id: string }[] };
const entry = (id: string) => state().tenants.find((each) => each.id === id);

async function podsOfAlice(): Promise<readonly string[]> {
  const pods = await hostObjects(['pods', '-n', NAMESPACE]);
  return pods.map(({ metadata }) => metadata.name);
}

/** How many control planes the host is told to run for Alice. */
async function replicas(): Promise<unknown> {
  const [statefulSet] = await hostObjects(['statefulsets', '-n', NAMESPACE]);
  return (statefulSet?.['spec'] as { replicas?: number } | undefined)?.replicas;
}

function lifecycle(today: string, ...flags: readonly string[]) {
  return pnpm(['--silent', 'lifecycle', '--today', today, ...flags]);
}

describe("Alice's life, by a calendar of its own", () => {
  test('she is onboarded, and greeted', async () => {
    const onboard = ['onboard', 'alice', '--name', 'Alice', '--through', '2031-03-31'];
    expect((await pnpmOk(onboard)).stdout).toContain('alice is onboarded');
    const { stdout } = await pnpmOk(['deploy', 'alice']);
    expect(stdout).toContain('alice: Hello there TenantID ✋ Alice');
    await applyIn('alice', [CONFIG_MAP, CLAIM, notesPod('writer', WRITE_NOTE)]);
    await tenant('alice', ['wait', '--for=condition=Ready', 'pod/writer', '--timeout=120s']);
  });

  test('on her last paid day nothing is due; on the next one a pause is, and is only told', async () => {
    expect(await lifecycle('2031-03-31', '--check')).toMatchObject({ exitCode: 0 });
    const before = readFileSync(tenantsFile, 'utf8');
    const check = await lifecycle('2031-04-01', '--check');
    expect(check.exitCode).toBe(4);
    expect(check.stdout).toContain('alice: active → paused: paid through 2031-03-31');
    expect(readFileSync(tenantsFile, 'utf8')).toBe(before);
  });

  test('the pause ends with no pod; what only she could make again is named before', async () => {
    expect(await lifecycle('2031-04-01')).toMatchObject({ exitCode: 0 });
    expect(entry('alice')).toMatchObject({ state: 'paused', pausedBy: 'lifecycle' });
    expect((await podsOfAlice()).length).toBeGreaterThan(2);
    const { stdout, stderr } = await timed('pause to no pods', () => pnpmOk(['deploy', 'alice']));
    expect(stderr).toContain('alice: the pause ends pods that nothing makes again: default/writer');
    expect(stdout).toContain('alice: skipped: paused');
    expect([await podsOfAlice(), await replicas()]).toEqual([[], 0]);
    const claims = await hostObjects(['persistentvolumeclaims', '-n', NAMESPACE]);
    expect(claims.map(({ metadata }) => metadata.name)).toEqual([
      'data-tenant-alice-0',
      'notes-x-default-x-tenant-alice',
    ]);
  });

  test('pods that mean to stay end with the next deploy, whatever they say', async () => {
    const planted = await plantPods('alice', NAMESPACE);
    const { stdout } = await timed('hostile pods to no pods', () => pnpmOk(['deploy', 'alice']));
    expect(stdout).toContain('3 pods deleted');
    expect(stdout).toMatch(/deleted by force.*planted-forged, planted-going/);
    expect(planted).toHaveLength(3);
    expect([await podsOfAlice(), await replicas()]).toEqual([[], 0]);
  });

  test('she stays at zero through a deploy and through the hint that vcluster prints', async () => {
    expect((await pnpmOk(['deploy', 'alice'])).stdout).toContain('nothing changed: 1 of 1');
    const connect = await vcluster(['connect', 'tenant-alice', '--', 'kubectl', 'get', 'pods']);
    expect(connect.exitCode).not.toBe(0);
    expect([await podsOfAlice(), await replicas()]).toEqual([[], 0]);

    await vcluster(['pause', 'tenant-alice']);
    expect(await drift()).toEqual(['paused by `vcluster pause tenant-alice`']);
    expect((await pnpmOk(['deploy', 'alice'])).stdout).toContain(
      'annotations of `vcluster pause` removed',
    );
    expect(await drift()).toEqual([]);

    await vcluster(['pause', 'tenant-alice']);
    await vcluster(['resume', 'tenant-alice']);
    expect(await replicas()).toBe(1);
    expect(await drift()).toEqual(['paused, but running']);
    expect((await pnpmOk(['deploy', 'alice'])).stdout).toContain('was running: scaled to zero');
    expect([await podsOfAlice(), await replicas(), await drift()]).toEqual([[], 0, []]);
  });

  test('she pays within the week: all is back, with what changed meanwhile', async () => {
    const tenants = state().tenants.map((each) =>
      each.id === 'alice' ? { ...each, name: 'Alice the Second' } : each,
    );
    writeTenants({ ...state(), tenants });
    await pnpmOk(['synth']);
    expect((await pnpmOk(['deploy', 'alice'])).stdout).toContain('alice: skipped: paused');

    await pnpmOk(['renew', 'alice', '--through', '2031-06-30']);
    expect((await lifecycle('2031-04-03')).stdout).toContain('alice: paused → active');
    expect(entry('alice')).toEqual({
      id: 'alice',
      name: 'Alice the Second',
      paidThrough: '2031-06-30',
    });
    const { stdout } = await timed('resume to the greeting', () => pnpmOk(['deploy', 'alice']));
    expect(stdout).toContain('alice: Hello there TenantID ✋ Alice the Second');
    const getEntry = ['get', 'configmap', 'diary', '-o', 'jsonpath={.data.entry}'];
    expect(await tenant('alice', getEntry)).toBe('before the pause');
    expect(await readNote('alice')).toBe('written before the pause');
  });

  test('she does not pay: her end is proposed after the week, and she is held paused', async () => {
    expect((await lifecycle('2031-07-01')).stdout).toContain('alice: active → paused');
    expect((await lifecycle('2031-07-07')).stdout).toContain('nothing is due');
    expect((await lifecycle('2031-07-08')).stdout).toContain('alice: paused → offboarding');
    const { stdout } = await pnpmOk(['deploy']);
    expect(stdout).toMatch(/alice: skipped: offboarding; held paused\n\s+→ pnpm offboard alice/);
    expect([await podsOfAlice(), await replicas()]).toEqual([[], 0]);
    const claims = await hostObjects(['persistentvolumeclaims', '-n', NAMESPACE]);
    expect(claims).toHaveLength(2);
  });

  test('an operator brings her back all the same', async () => {
    const { stdout } = await timed('pnpm resume', () => pnpmOk(['resume', 'alice']));
    expect(stdout).toContain('alice: Hello there TenantID ✋ Alice the Second');
    expect(await readNote('alice')).toBe('written before the pause');
    await tenant('alice', ['delete', 'configmap/diary', 'persistentvolumeclaim/notes']);
  });
});

describe('a pause that is killed', () => {
  const rounds = Array.from({ length: KILLS }, (_, round) => ({
    after: Math.round(((round + Math.random()) / KILLS) * PAUSE_MILLISECONDS),
    scope: round % 2 === 0 ? ('group' as const) : ('command' as const),
  }));

  test.each(rounds)('($scope, after $after ms) is taken up again', async ({ after, scope }) => {
    const killed = await killAfter(['pause', 'alice'], after, scope);
    process.stderr.write(`${scope} ${killed ? 'killed' : 'ended before'} ${after} ms\n`);
    await timed('pnpm pause', () => pnpmOk(['pause', 'alice']));
    expect(entry('alice')).toMatchObject({ state: 'paused', pausedBy: 'operator' });
    expect([await podsOfAlice(), await replicas(), await drift()]).toEqual([[], 0, []]);
    await pnpmOk(['synth', '--check']);
    const { stdout } = await timed('pnpm resume', () => pnpmOk(['resume', 'alice']));
    expect(stdout).toContain('alice: Hello there TenantID ✋ Alice the Second');
  });
});

test('Bob has noticed nothing', async () => {
  const { requests = 0, failures } = (await bobsClient?.stop()) ?? {};
  process.stderr.write(`Bob: ${requests} requests, ${failures?.length} failed\n`);
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(500);
});

test('Alice stays at zero through a restart of the node', async () => {
  await pnpmOk(['pause', 'alice']);
  await execa('docker', ['restart', `${cluster}-control-plane`]);
  await pnpmOk(['cluster']);
  expect([await podsOfAlice(), await replicas()]).toEqual([[], 0]);
  const { stdout } = await pnpmOk(['deploy']);
  expect(stdout).toContain('alice: skipped: paused');
  expect(stdout).toContain('bob: Hello there TenantID ✋ Bob');
  expect([await podsOfAlice(), await replicas(), await drift()]).toEqual([[], 0, []]);
});

/** What `pnpm status` says of Alice. */
async function drift(): Promise<unknown> {
  // Exit code 4 where there is any.
  const { stdout } = await pnpm(['--silent', 'status', 'alice', '--json']);
  return (JSON.parse(stdout.split('\n')[0] ?? '') as { drift: unknown }).drift;
}

/** vcluster's own CLI, as somebody uses it who knows nothing of this project. */
function vcluster([command = '', ...args]: readonly string[]) {
  return execa(
    'vcluster',
    [command, '--namespace', NAMESPACE, '--context', hostContext, '--driver', 'helm', ...args],
    {
      env: {
        PATH: toolPath(),
        KUBECONFIG: join(scratch, 'kubeconfig'),
        VCLUSTER_SKIP_VERSION_CHECK: 'true',
      },
      cwd: scratch,
      stdin: 'ignore',
      reject: false,
      timeout: 120_000,
    },
  );
}
