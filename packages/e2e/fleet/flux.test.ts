import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  FLUX_NAMESPACE,
  hostNamespace,
  inventoryName,
  MAINTENANCE_QUOTA,
  SYSTEM_NAMESPACE,
  vclusterName,
} from '@tenantry/tenants';
import {
  AGE_KEY,
  AGE_RECIPIENT,
  directory,
  editSecrets,
  FLUX,
  host,
  hostObjects,
  installFlux,
  killAfter,
  pnpm,
  pnpmOk,
  pushDist,
  removeSecrets,
  tenant,
  timed,
  verify,
  writeRecipients,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(15 * 60_000);

/** So long Flux may take until the clusters are as what was pushed. */
const SETTLE_MILLISECONDS = 6 * 60_000;
const LOOK_MILLISECONDS = 2000;

type Member = Readonly<Record<string, string>> & { readonly id: string };
const alice: Member = { id: 'alice', name: 'Alice' };
const bob: Member = { id: 'bob', name: 'Bob' };
const paused = { state: 'paused', pausedBy: 'operator', pausedSince: '2026-01-01' };
const small = { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 };

const engineNow = () =>
  (
    JSON.parse(readFileSync(join(directory, 'tenants.json'), 'utf8')) as {
      readonly host: { readonly engine?: string };
    }
  ).host.engine;

/** Writes tenants.json and dist/. */
async function synth(
  tenants: readonly Member[],
  { engine, plan = small }: { readonly engine?: string | undefined; readonly plan?: object } = {},
): Promise<void> {
  writeTenants({
    host: { context: 'kind-tenantry', flux: FLUX, ...(engine !== undefined && { engine }) },
    plans: { small: plan },
    tenants,
  });
  await pnpmOk(['synth']);
}

/** The same, and what CI does once it is merged. */
async function merge(tenants: readonly Member[], plan = small): Promise<void> {
  await synth(tenants, { engine: engineNow(), plan });
  await pushDist();
}

/** Looks until something is as it is expected; else what it was last. */
async function until<T>(look: () => Promise<T>, expected: T): Promise<T> {
  const deadline = Date.now() + SETTLE_MILLISECONDS;
  for (;;) {
    const seen = await look();
    if (JSON.stringify(seen) === JSON.stringify(expected) || Date.now() > deadline) return seen;
    await sleep(LOOK_MILLISECONDS);
  }
}

const greet = async (id: string) => (await pnpm(['--silent', 'greet', id])).stdout.trim();
const greeting = ({ id, name }: Member) => `${id}: Hello there TenantID ✋ ${name}`;
const quota = (id: string) => ['resourcequota', vclusterName(id), '-n', hostNamespace(id)];
const podLimit = (id: string) => host(['get', ...quota(id), '-o', 'jsonpath={.spec.hard.pods}']);
const policies = (id: string) =>
  host(['get', 'networkpolicies', '-n', hostNamespace(id), '-o', 'name']);
const pods = (id: string) => host(['get', 'pods', '-n', hostNamespace(id), '-o', 'name']);

/** What opens secrets/, for the commands that ask what a Secret would become. */
const WITH_KEY = { env: { SOPS_AGE_KEY: AGE_KEY } };
const PASSWORD = btoa('correct-horse');
const secret = (path: string) =>
  tenant('alice', ['get', 'secret', 'db', '-n', 'default', ...ifThere(path)]);
const ifThere = (path: string) => ['--ignore-not-found', '-o', `jsonpath={${path}}`];
const password = () => secret('.data.PASSWORD');
const secretUid = () => secret('.metadata.uid');

/** The exit code of a plan: 0 where nothing is to change. */
const planned = async () => (await pnpm(['--silent', 'plan', '--exit-code'], WITH_KEY)).exitCode;

const KINDS =
  'pods,services,serviceaccounts,statefulsets,roles,rolebindings,networkpolicies,resourcequotas,limitranges,persistentvolumeclaims';

async function uids(id: string): Promise<Readonly<Record<string, string>>> {
  const objects = await hostObjects([KINDS, '-n', hostNamespace(id)]);
  return Object.fromEntries(
    objects.map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.uid]),
  );
}

beforeAll(async () => {
  await synth([alice]);
  await timed('deploy of a tenant', () => pnpmOk(['run', 'deploy']));
  await timed('Flux', () => installFlux('alice'));
  // Where nothing of Flux is compiled yet.
}, 60 * 60_000);

afterAll(async () => {
  // While its controllers run: nothing else would take their finalizers away.
  if (engineNow() === 'flux') await pnpm(['handover', 'deploy'], WITH_KEY);
  const ids = [alice.id, bob.id];
  const namespaces = [FLUX_NAMESPACE, ...ids.map((id) => hostNamespace(id))];
  await host(['delete', 'namespace', ...namespaces, '--ignore-not-found']);
  const records = ids.map((id) => inventoryName(id));
  await host(['delete', 'configmap', ...records, '-n', SYSTEM_NAMESPACE, '--ignore-not-found']);
  rmSync(join(directory, 'archives'), { recursive: true, force: true });
  removeSecrets();
});

describe('a living tenant goes to Flux', () => {
  test('not while the registry has something else, and nothing is changed', async () => {
    await synth([alice], { plan: { ...small, pods: 30 } });
    await pushDist();
    await synth([alice]);
    const before = await podLimit('alice');
    expect(await timed('handover that is refused', () => pnpm(['handover', 'flux']))).toMatchObject(
      {
        exitCode: 1,
        stderr: expect.stringMatching(/is not what lies here:[^]*dist\/alice\/host\/resourcequota/),
      },
    );
    expect([await podLimit('alice'), engineNow()]).toEqual([before, undefined]);
  });

  test('with every object as it was, and no pod started anew', async () => {
    const before = await uids('alice');
    await pushDist();
    const { stdout } = await timed('handover to Flux', () => pnpmOk(['handover', 'flux']));
    process.stderr.write(stdout.replaceAll(/^(?!.*objects are the same).*\n/gm, ''));
    expect(await uids('alice')).toEqual(before);
    expect(await greet('alice')).toBe(greeting(alice));
    expect(engineNow()).toBe('flux');
  });

  test('and deploy leaves it alone from then on', async () => {
    expect(await pnpm(['run', 'deploy'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('and Flux does it'),
    });
  });
});

describe('what is merged reaches the cluster without a command of ours', () => {
  test('a new tenant comes up and answers', async () => {
    await merge([alice, bob]);
    expect(
      await timed('a new tenant by Flux', () => until(() => greet('bob'), greeting(bob))),
    ).toBe(greeting(bob));
  });

  test('another plan is the quota of all of its tenants', async () => {
    const before = Number(await podLimit('alice'));
    await merge([alice, bob], { ...small, pods: 30 });
    const expected = String(before + 10);
    await timed('a changed plan by Flux', () => until(() => podLimit('alice'), expected));
    expect([await podLimit('alice'), await until(() => podLimit('bob'), expected)]).toEqual([
      expected,
      expected,
    ]);
  });

  test(
    'a Secret that only the key of Flux opens comes',
    async () => {
      const key = `--from-literal=keys.agekey=${AGE_KEY}`;
      await host(['create', 'secret', 'generic', 'sops-age', '-n', FLUX_NAMESPACE, key]);
      writeRecipients(AGE_RECIPIENT);
      await editSecrets('alice', AGE_KEY, [{ name: 'db', values: { PASSWORD: 'correct-horse' } }]);
      await merge([alice, bob], { ...small, pods: 30 });
      expect(await timed('a Secret by Flux', () => until(password, PASSWORD))).toBe(PASSWORD);
    },
    60 * 60_000,
  );

  test('plan, status and verify know it', async () => {
    expect(await until(planned, 0)).toBe(0);
    const { stdout } = await pnpmOk(['--silent', 'status'], WITH_KEY);
    expect(stdout).toMatch(/^alice +active +running .* -$/m);
    const { rows } = await timed('pnpm verify under Flux', () => verify());
    expect(rows.filter(({ verdict }) => !/^(ok|policy)$/.test(verdict))).toEqual([]);
  });
});

test('what somebody changes by hand is put right', async () => {
  const before = await policies('alice');
  await host(['delete', 'networkpolicies', '--all', '-n', hostNamespace('alice')]);
  const many = JSON.stringify({ spec: { hard: { pods: '500' } } });
  await host(['patch', ...quota('alice'), '--type=merge', '-p', many]);
  const right = [before, await podLimit('bob')];
  const look = async () => [await policies('alice'), await podLimit('alice')];
  expect(await timed('drift put right by Flux', () => until(look, right))).toEqual(right);
});

describe('a pause that is merged', () => {
  test('is a pause: nothing of it runs, and Bob notices nothing', async () => {
    await merge([{ ...alice, ...paused }, bob], { ...small, pods: 30 });
    await timed('a pause by Flux', () => until(() => pods('alice'), ''));
    // Nothing makes them again.
    await sleep(45_000);
    expect(await pods('alice')).toBe('');
    const { stdout } = await pnpmOk(['--silent', 'status']);
    expect(stdout).toMatch(/^alice +paused +paused .* -$/m);
    expect(await greet('bob')).toBe(greeting(bob));
  });

  test('ends with the resume that is merged', async () => {
    await merge([alice, bob], { ...small, pods: 30 });
    expect(
      await timed('a resume by Flux', () => until(() => greet('alice'), greeting(alice))),
    ).toBe(greeting(alice));
  });
});

describe('the tenants go back to deploy', () => {
  test('with every object as it was, and no pod started anew', async () => {
    const before = [await uids('alice'), await uids('bob'), await secretUid()];
    await timed('handover to deploy', () => pnpmOk(['handover', 'deploy'], WITH_KEY));
    expect([await uids('alice'), await uids('bob'), await secretUid()]).toEqual(before);
    expect(engineNow()).toBeUndefined();
  });

  test('which has nothing to do, and works as before', async () => {
    const { stdout } = await pnpmOk(['run', 'deploy'], WITH_KEY);
    expect(stdout).toContain('nothing changed: 2 of 2');
    await pnpmOk(['pause', 'alice']);
    expect(await pods('alice')).toBe('');
    expect(await greet('bob')).toBe(greeting(bob));
  });
});

test('a Secret goes along to Flux again, and with its file', async () => {
  await synth([alice, bob], { plan: { ...small, pods: 30 } });
  await pnpmOk(['run', 'deploy'], WITH_KEY);
  await pushDist();
  const before = await secretUid();
  await timed('handover to Flux again', () => pnpmOk(['handover', 'flux'], WITH_KEY));
  expect([await secretUid(), await password()]).toEqual([before, PASSWORD]);
  removeSecrets();
  await merge([alice, bob], { ...small, pods: 30 });
  expect(await timed('the end of a Secret by Flux', () => until(password, ''))).toBe('');
});

test('an offboarding that is given up where Flux deploys is over with a resume', async () => {
  const alone = [MAINTENANCE_QUOTA, '-n', hostNamespace('bob'), '--ignore-not-found', '-o', 'name'];
  const heldAlone = () => host(['get', 'resourcequota', ...alone]);
  const isHeld = until(heldAlone, `resourcequota/${MAINTENANCE_QUOTA}`).then(() => undefined);
  const offboard = ['offboard', 'bob', '--confirm', 'bob'];
  expect(await killAfter(offboard, isHeld, 'group')).toBe(true);
  expect(await heldAlone()).not.toBe('');
  expect((await pnpmOk(['resume', 'bob'])).stdout).toContain('bob: Flux brings it to');
  expect(
    await timed('a resume by Flux after it', () => until(() => greet('bob'), greeting(bob))),
  ).toBe(greeting(bob));
  expect(await heldAlone()).toBe('');
  const right = await policies('bob');
  await host(['delete', 'networkpolicy', 'default-deny', '-n', hostNamespace('bob')]);
  expect(await until(() => policies('bob'), right)).toBe(right);
  expect((await pnpmOk(['synth', '--check'])).stdout).toContain('up to date');
  expect(await until(planned, 0)).toBe(0);
});

test('a tenant that ends where Flux deploys is archived and deleted, and does not come back', async () => {
  await timed('offboard beside Flux', () => pnpmOk(['offboard', 'bob', '--confirm', 'bob']));
  await pushDist();
  const kinds = 'kustomizations.kustomize.toolkit.fluxcd.io,helmreleases,namespaces';
  const left = () => host(['get', kinds, '-A', '-l', 'tenantry.dev/tenant=bob', '-o', 'name']);
  expect(await until(left, '')).toBe('');
  // Longer than Flux waits until it looks again.
  await sleep(45_000);
  expect(await left()).toBe('');
  expect(await greet('alice')).toBe(greeting(alice));
});
