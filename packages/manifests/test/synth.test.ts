import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { synthesize, type Tree } from '../src/index.ts';
import { toYaml } from '../src/yaml.ts';
import { alice, bob, contentsOf, differences, fleetOf, pins, treeOf } from './fleet.ts';

const paused = { ...alice, state: 'paused', pausedBy: 'operator', pausedSince: '2026-01-01' };

describe('one snapshot for each kind of tenant, and one of what the host has', () => {
  test.each([
    ['active', alice, 'alice/'],
    ['paused', paused, 'alice/'],
    ['host', alice, '_host/'],
  ])('%s', (kind, tenant, directory) => {
    const file = join(import.meta.dirname, 'expected', `${kind}.txt`);
    const text = [...treeOf([tenant])]
      .filter(([path]) => path.startsWith(directory))
      .map(([path, body]) => `=== ${path}\n${body}`)
      .join('');
    // After a change: TENANTRY_UPDATE=1 pnpm test packages/manifests, then read the difference.
    if (process.env['TENANTRY_UPDATE'] === '1') writeFileSync(file, text);
    expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
  });
});

describe('in Git you see', () => {
  const before = treeOf([alice, bob]);

  test('of a pause the replica count and the state, nothing else', () => {
    const after = treeOf([paused, bob]);
    expect(differences(before, after)).toEqual(['alice/tenant.json', 'alice/vcluster.yaml']);
    expect(changedLines(before, after, 'alice/vcluster.yaml')).toEqual(['      replicas: 0']);
    expect(changedKeys(before, after)).toEqual(['state']);
  });

  test('of a resume that it is the pause undone', () => {
    const resumed = treeOf([{ ...alice, state: 'active' }, bob]);
    expect(differences(before, resumed)).toEqual([]);
  });

  test('of a rename the ConfigMap, the annotation that restarts the pod, and tenant.json', () => {
    const after = treeOf([{ ...alice, name: 'Alicia' }, bob]);
    expect(differences(before, after)).toEqual([
      'alice/tenant.json',
      'alice/virtual/configmap.fixture-config.yaml',
      'alice/virtual/deployment.fixture-app.yaml',
    ]);
    expect(changedLines(before, after, 'alice/virtual/configmap.fixture-config.yaml')).toEqual([
      '  NAME: Alicia',
    ]);
    expect(changedLines(before, after, 'alice/virtual/deployment.fixture-app.yaml')).toEqual([
      '        fixture/name: Alicia',
    ]);
    expect(changedKeys(before, after)).toEqual(['name']);
  });

  test('of another plan the quota and tenant.json', () => {
    const small = { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1 };
    const plans = { small, big: { ...small, pods: 2 } };
    const after = treeOf([{ ...alice, plan: 'big' }, bob], { plans });
    expect(differences(treeOf([alice, bob], { plans }), after)).toEqual([
      'alice/host/resourcequota.tenant-alice.yaml',
      'alice/tenant.json',
    ]);
  });

  test('of a new tenant its own directory only', () => {
    const after = treeOf([alice, bob, { id: 'carol', name: 'Carol' }]);
    const changed = differences(before, after);
    expect(changed).toHaveLength(13);
    expect(changed.filter((path) => !path.startsWith('carol/'))).toEqual([]);
  });

  test('of a payment nothing', () => {
    expect(differences(before, treeOf([{ ...alice, paidThrough: '2027-01-31' }, bob]))).toEqual([]);
    expect(differences(before, treeOf([{ ...alice, keep: true }, bob], { graceDays: 30 }))).toEqual(
      [],
    );
  });

  test('of another image the Deployment and tenant.json of every tenant', () => {
    const after = synthesize(fleetOf([alice, bob]), {
      ...pins,
      images: { ...pins.images, app: 'tenantry/app:new' },
    });
    expect(differences(before, after)).toEqual([
      'alice/tenant.json',
      'alice/virtual/deployment.fixture-app.yaml',
      'bob/tenant.json',
      'bob/virtual/deployment.fixture-app.yaml',
    ]);
  });

  test('of another image, where the others run a release that is pinned, those of the canary alone', () => {
    const file = { releases: { stable: { images: pins.images } } };
    const fleet = fleetOf([{ ...alice, release: 'canary' }, bob], file);
    const after = synthesize(fleet, {
      ...pins,
      images: { ...pins.images, app: 'tenantry/app:new' },
    });
    expect(differences(synthesize(fleet, pins), after)).toEqual([
      'alice/tenant.json',
      'alice/virtual/deployment.fixture-app.yaml',
    ]);
  });

  test('of another Kubernetes version the values, of another vcluster also tenant.json', () => {
    const changed = (versions: object) =>
      differences(treeOf([alice, bob]), treeOf([{ ...alice, versions }, bob]));
    expect(changed({ kubernetes: '1.35.0' })).toEqual(['alice/vcluster.yaml']);
    expect(changed({ vcluster: '0.36.1' })).toEqual(['alice/tenant.json', 'alice/vcluster.yaml']);
  });

  test('of two changes of one tenant no line that both touch', () => {
    const small = { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1 };
    const line = (after: Tree) => linesThatDiffer(treeOf([alice], { plans: { small } }), after);
    const pause = line(treeOf([paused], { plans: { small } }));
    const more = line(treeOf([alice], { plans: { small: { ...small, pods: 2 } } }));
    expect([pause.length, more.length]).toEqual([2, 7]);
    expect(pause.filter((each) => more.includes(each))).toEqual([]);
  });
});

test('what tenants share is made once, and each has the files that its own objects give', () => {
  const amounts = { memory: '4Gi', storage: '10Gi' };
  const plans = {
    small: { ...amounts, cpu: '2', pods: 20 },
    open: { ...amounts, cpu: '500m', pods: 3, nodePort: 'open' },
    sandboxed: {
      ...amounts,
      cpu: '1',
      pods: 1,
      vcluster: { sync: { toHost: { pods: { runtimeClassName: 'gvisor' } } } },
    },
  };
  const tenant = fc.record({
    id: fc.oneof(
      fc.stringMatching(/^[a-z0-9](?:[-a-z0-9]{0,27}[a-z0-9])?$/),
      fc.constantFrom('0', '0123', '1e3', 'null', 'yes', 'y', '0x1f', '1-2', 'tenant', 'vcluster'),
    ),
    name: fc.stringMatching(/^[A-Za-z0-9$&'](?:[\w $:#&'é✋-]{0,9}[\w✋])?$/),
    plan: fc.constantFrom(...Object.keys(plans)),
    state: fc.constantFrom('active', 'paused', 'offboarding'),
  });
  const gateway = { gateway: { namespace: 'gateway', name: 'public' }, domain: 'example.com' };
  const hosts = fc.constantFrom({}, { apiCidr: '10.0.0.0/28' }, { context: 'other' }, gateway);
  const tenants = fc.uniqueArray(tenant, { selector: ({ id }) => id, maxLength: 6 });
  fc.assert(
    fc.property(tenants, hosts, (those, host) => {
      // Some have names of their own.
      const named = those.map((each, index) =>
        host === gateway && index % 2 === 0
          ? { ...each, hostnames: [`${each.id}.example.org`, `a${index}.example.net`] }
          : each,
      );
      const fleet = fleetOf(named, { plans, host: { runtimeClasses: ['gvisor'], ...host } });
      const tree = synthesize(fleet, pins);
      for (const each of fleet.tenants) {
        const { id } = each;
        const files = contentsOf(each).map(toYaml);
        const made = [...tree].filter(([path]) => path.startsWith(`${id}/`));
        expect(made.slice(1).map(([, text]) => text)).toEqual(files);
        const names = made.map(([path]) => path.slice(id.length + 1));
        expect(names).toContain(`host/namespace.vcluster-tenant-${id}.yaml`);
        expect(names).toContain(`host/resourcequota.tenant-${id}.yaml`);
      }
    }),
    { numRuns: 50 },
  );
});

test('nothing of one tenant stands in the files of another, and of none in the host’s', () => {
  for (const [path, text] of treeOf([alice, bob])) {
    const owner = path.slice(0, path.indexOf('/'));
    const others = ['alice', 'bob'].filter((id) => id !== owner).join('|');
    expect([path, text]).toEqual([path, expect.not.stringMatching(new RegExp(others, 'i'))]);
  }
});

describe('of several hosts', () => {
  const hosts = {
    'us-1': { context: 'us', apiCidr: '10.30.0.0/28' },
    'eu-1': { context: 'eu', annotations: ['cilium.io'] },
  };
  const tree = treeOf(
    [
      { ...alice, host: 'eu-1' },
      { ...bob, host: 'us-1' },
    ],
    { hosts },
  );
  const below = (files: Tree, directory: string) =>
    new Map(
      [...files].flatMap(([path, text]) =>
        path.startsWith(directory) ? [[path.slice(directory.length), text] as const] : [],
      ),
    );

  test.each([
    ['eu-1', alice],
    ['us-1', bob],
  ] as const)('each has what it would have alone, and its tenants too: %s', (name, tenant) => {
    const alone = treeOf([tenant], { hosts: { [name]: hosts[name] } });
    expect(below(tree, `${tenant.id}/`)).toEqual(below(alone, `${tenant.id}/`));
    const [own, shared] = [below(tree, `_hosts/${name}/`), below(alone, '_host/')];
    expect(JSON.parse(own.get('host.json') ?? '')).toEqual({ name, context: hosts[name].context });
    expect([...own].slice(1)).toEqual([...shared]);
  });

  test('nothing else is there', () => {
    const directories = [...tree.keys()].map((path) => path.replace(/\/[^/]*$/, ''));
    expect(new Set(directories.map((path) => path.replace(/\/(host|virtual)$/, '')))).toEqual(
      new Set(['_hosts/eu-1', '_hosts/us-1', 'alice', 'bob']),
    );
  });

  test('whatever their order in the file, the bytes are the same', () => {
    const turned = { 'eu-1': hosts['eu-1'], 'us-1': hosts['us-1'] };
    const again = treeOf(
      [
        { ...bob, host: 'us-1' },
        { ...alice, host: 'eu-1' },
      ],
      { hosts: turned },
    );
    expect([...again]).toEqual([...tree]);
  });

  test('of the move of a tenant you see where it lives, its own objects stay', () => {
    const moved = treeOf(
      [
        { ...alice, host: 'us-1' },
        { ...bob, host: 'us-1' },
      ],
      { hosts },
    );
    expect(differences(tree, moved)).toEqual([
      'alice/host/networkpolicy.control-plane.yaml',
      'alice/tenant.json',
    ]);
    expect(changedKeys(tree, moved)).toEqual(['hostContext', 'host']);
  });
});

test('a host that nobody named is in no tenant.json', () => {
  const [short, named] = [treeOf([alice]), treeOf([alice], { hosts: { 'eu-1': {} } })];
  expect(differences(short, named)).toEqual(['alice/tenant.json']);
  expect(changedKeys(short, named)).toEqual(['host']);
  expect(short.get('alice/tenant.json')).not.toContain('"host"');
});

describe('the same bytes come out', () => {
  const tenants = ['bob', 'alice', 'i-dot', 'z', '0'].map((id) => ({ id, name: `${id} İıß` }));
  const expected = treeOf(tenants);

  test('whatever the order of the tenants', () => {
    expect([...treeOf(tenants.toReversed())]).toEqual([...expected]);
  });

  test('each time', () => {
    expect([...treeOf(tenants)]).toEqual([...expected]);
  });

  test('whatever the other parts of tenants.json are in', () => {
    const small = { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 };
    const turned = { pods: 20, storage: '10Gi', memory: '4096Mi', cpu: '2000m' };
    expect([...treeOf(tenants, { plans: { small: turned } })]).toEqual([
      ...treeOf(tenants, { plans: { small } }),
    ]);
  });

  test.each([
    { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', TZ: 'Pacific/Auckland' },
    { LANG: 'C', LC_ALL: 'C', TZ: 'America/St_Johns', HOME: '/nonexistent', CI: 'true' },
  ])(
    'under %j, in another directory',
    async (environment) => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          '--conditions=tenantry-fixture',
          join(import.meta.dirname, 'print-tree.ts'),
          JSON.stringify({ tenants }),
        ],
        { cwd: tmpdir(), env: environment, maxBuffer: 2 ** 24 },
      );
      expect(JSON.parse(stdout)).toEqual([...expected]);
    },
    60_000,
  );
});

/** `path:number` of each line of the trees that is another afterwards. */
function linesThatDiffer(before: Tree, after: Tree): readonly string[] {
  return differences(before, after).flatMap((path) => {
    const [old, now] = [before, after].map((tree) => (tree.get(path) ?? '').split('\n'));
    return (now ?? []).flatMap((text, index) =>
      text === old?.[index] ? [] : [`${path}:${index}`],
    );
  });
}

/** The lines that `path` has after and not before. */
function changedLines(before: Tree, after: Tree, path: string): readonly string[] {
  const old = new Set((before.get(path) ?? '').split('\n'));
  return (after.get(path) ?? '').split('\n').filter((line) => !old.has(line));
}

/** The keys of Alice's tenant.json with other values. */
function changedKeys(before: Tree, after: Tree): readonly string[] {
  const old: Record<string, unknown> = parse(before.get('alice/tenant.json') ?? '');
  const now: Record<string, unknown> = parse(after.get('alice/tenant.json') ?? '');
  return Object.keys(now).filter((key) => !isDeepStrictEqual(now[key], old[key]));
}
