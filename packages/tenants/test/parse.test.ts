import { describe, expect, test } from '@jest/globals';
import { parseFormerTenants, parseTenants } from '../src/index.ts';

const GiB = 2 ** 30;
const alice = { id: 'alice', name: 'Alice' };
const DIGEST = `sha256:${'0'.repeat(64)}`;

function parse(file: object) {
  return parseTenants(JSON.stringify(file));
}

function parseOne(tenant: object, file: object = {}) {
  return parse({ ...file, tenants: [{ ...alice, ...tenant }] }).tenants[0];
}

describe('the least form', () => {
  const fleet = parse({ tenants: [alice] });
  const host = {
    name: 'default',
    context: 'kind-tenantry',
    engine: 'deploy',
    flux: null,
    capacity: null,
    apiCidr: null,
    gateway: null,
    clusterCidrs: ['10.244.0.0/16', '10.96.0.0/16'],
    storageClasses: ['standard'],
    priorityClasses: [],
    runtimeClasses: [],
    annotations: [],
  };

  test('has a default for everything else', () => {
    expect(fleet).toEqual({
      hosts: [host],
      graceDays: 7,
      imageRepository: 'tenantry/app',
      releases: [
        { name: 'stable', images: {} },
        { name: 'canary', images: {} },
      ],
      argocd: null,
      tenants: [
        {
          id: 'alice',
          name: 'Alice',
          plan: {
            name: 'small',
            cpu: 2000,
            memory: 4 * GiB,
            storage: 10 * GiB,
            pods: 20,
            requests: { cpu: 500, memory: 2 * GiB },
            nodePort: 'closed',
            storageClasses: null,
            egress: [],
            nameservers: [],
            vcluster: {},
          },
          host,
          state: 'active',
          pausedBy: null,
          pausedSince: null,
          paidThrough: null,
          keep: false,
          hostnames: [],
          release: { name: 'stable', images: {} },
          wave: { name: 'rest', order: Infinity },
          settings: { motto: '' },
        },
      ],
      offboarded: [],
    });
  });

  test('means the same with the defaults written out', () => {
    const written = {
      $schema: './packages/tenants/tenants.schema.json',
      host: { context: 'kind-tenantry' },
      image: { repository: 'tenantry/app' },
      graceDays: 7,
      defaultPlan: 'small',
      plans: { small: { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 } },
      releases: { stable: 'source', canary: 'source' },
      waves: ['canary'],
      tenants: [
        { ...alice, plan: 'small', state: 'active', keep: false, release: 'stable', wave: 'rest' },
      ],
      offboarded: [],
    };
    expect(parse(written)).toEqual(fleet);
  });

  test('may have no tenants at all', () => {
    expect(parse({ tenants: [] }).tenants).toEqual([]);
  });
});

const BETA = {
  app: 'localhost:5000/team/app:0123456789ab',
  cache: `registry.example.com/cache@sha256:${'d'.repeat(64)}`,
};

test('the full form is resolved field by field', () => {
  const fleet = parse({
    host: {
      context: 'prod-eu',
      capacity: { cpu: '16', memory: '64Gi', storage: '1Ti', tenants: 9 },
      gateway: { namespace: 'gateway', name: 'public' },
      domain: 'tenants.example.com',
      apiCidr: '10.0.0.0/28',
      clusterCidrs: ['10.96.0.0/12', '10.0.64.0/18', '10.96.0.0/12'],
      storageClasses: ['fast', 'slow.example'],
      priorityClasses: ['low'],
      runtimeClasses: ['gvisor', 'gvisor'],
      annotations: ['kubernetes.io/egress-bandwidth', 'cilium.io'],
      engine: 'flux',
      flux: {
        registry: 'oci://registry.example.com:5000/acme/tenants',
        insecure: true,
        pullSecret: 'registry',
        charts: { '0.36.0': DIGEST },
        interval: '30s',
      },
    },
    image: { repository: 'localhost:5000/team/app' },
    graceDays: 0,
    defaultPlan: 'big',
    plans: {
      big: {
        cpu: '4',
        memory: '8Gi',
        storage: '100G',
        pods: 50,
        requests: { cpu: '1500m', memory: '1.5Gi' },
        nodePort: 'open',
        storageClasses: ['slow.example', 'fast', 'fast'],
        egress: [
          { cidr: '10.20.0.0/16', ports: [5432, 6379] },
          { cidr: '203.0.113.7/32', ports: [443] },
        ],
        nameservers: ['10.0.0.18', '1.1.1.1'],
        vcluster: { sync: { toHost: { pods: { runtimeClassName: 'gvisor' } } } },
      },
    },
    releases: { beta: { images: BETA } },
    argocd: { repository: 'https://git.example.com/acme/tenants.git' },
    waves: ['first', 'early'],
    tenants: [
      {
        ...alice,
        plan: 'big',
        state: 'paused',
        pausedBy: 'lifecycle',
        pausedSince: '2026-02-01',
        paidThrough: '2026-01-31',
        keep: true,
        hostnames: ['shop.example', 'alice.example'],
        release: 'beta',
        wave: 'early',
        settings: { theme: 'dark' },
      },
    ],
    offboarded: [receipt('carol'), { ...receipt('carol'), name: 'Carol' }, receipt('alice')],
  });
  const host = {
    name: 'default',
    context: 'prod-eu',
    capacity: { cpu: 16_000, memory: 64 * GiB, storage: 1024 * GiB, tenants: 9 },
    apiCidr: '10.0.0.0/28',
    gateway: { namespace: 'gateway', name: 'public' },
    clusterCidrs: ['10.0.64.0/18', '10.96.0.0/12'],
    storageClasses: ['fast', 'slow.example'],
    priorityClasses: ['low'],
    runtimeClasses: ['gvisor'],
    annotations: ['cilium.io', 'kubernetes.io/egress-bandwidth'],
    engine: 'flux',
    flux: {
      registry: 'oci://registry.example.com:5000/acme/tenants',
      insecure: true,
      pullSecret: 'registry',
      charts: { '0.36.0': DIGEST },
      interval: '30s',
    },
  };
  expect(fleet).toEqual({
    hosts: [host],
    graceDays: 0,
    imageRepository: 'localhost:5000/team/app',
    releases: [
      { name: 'stable', images: {} },
      { name: 'canary', images: {} },
      { name: 'beta', images: BETA },
    ],
    argocd: { repository: 'https://git.example.com/acme/tenants.git', revision: 'main' },
    tenants: [
      {
        id: 'alice',
        name: 'Alice',
        plan: {
          name: 'big',
          cpu: 4000,
          memory: 8 * GiB,
          storage: 100e9,
          pods: 50,
          requests: { cpu: 1500, memory: 1.5 * GiB },
          nodePort: 'open',
          storageClasses: ['fast', 'slow.example'],
          egress: [
            { cidr: '10.20.0.0/16', ports: [5432, 6379] },
            { cidr: '203.0.113.7/32', ports: [443] },
          ],
          nameservers: ['10.0.0.18', '1.1.1.1'],
          vcluster: { sync: { toHost: { pods: { runtimeClassName: 'gvisor' } } } },
        },
        host,
        state: 'paused',
        pausedBy: 'lifecycle',
        pausedSince: '2026-02-01',
        paidThrough: '2026-01-31',
        keep: true,
        hostnames: ['alice.tenants.example.com', 'alice.example', 'shop.example'],
        release: { name: 'beta', images: BETA },
        wave: { name: 'early', order: 2 },
        settings: { motto: '', theme: 'dark' },
      },
    ],
    offboarded: ['carol', 'carol', 'alice'].map((id) => {
      const { offboardedOn, reason, digest } = receipt(id);
      return { id, offboardedOn, reason, digest };
    }),
  });
});

test('tenants come sorted by id, whatever their order in the file', () => {
  const tenants = ['bob', 'b-ob', 'alice', '0', 'a'].map((id) => ({ id, name: 'Same' }));
  const ids = parse({ tenants }).tenants.map(({ id }) => id);
  expect(ids).toEqual(['0', 'a', 'alice', 'b-ob', 'bob']);
  expect(parse({ tenants: tenants.toReversed() })).toEqual(parse({ tenants }));
});

test('a file may start with a byte order mark and have CRLF', () => {
  const text = JSON.stringify({ tenants: [alice] }, null, 2);
  expect(parseTenants(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual(parseTenants(text));
});

describe('a tenant', () => {
  test('without a plan is on the default plan', () => {
    const plans = {
      small: { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1 },
      big: { cpu: '4', memory: '8Gi', storage: '9Gi', pods: 9 },
    };
    expect(parseOne({}, { plans, defaultPlan: 'big' })?.plan.name).toBe('big');
    expect(parseOne({ plan: 'small' }, { plans, defaultPlan: 'big' })?.plan.name).toBe('small');
  });

  test('paused by hand is paused by an operator', () => {
    expect(parseOne({ state: 'paused' })).toMatchObject({ pausedBy: 'operator' });
  });

  test('that is offboarding keeps who paused it', () => {
    const offboarding = { state: 'offboarding', pausedBy: 'lifecycle', pausedSince: '2026-01-01' };
    expect(parseOne(offboarding)).toMatchObject(offboarding);
  });

  test.each(['2024-02-29', '2000-02-29', '2026-12-31'])('is paid through %s', (paidThrough) => {
    expect(parseOne({ paidThrough })).toMatchObject({ paidThrough });
  });

  test.each(['a', '0', '42', 'a--b', 'x-default-x', 'constructor', 'null', 'a'.repeat(29)])(
    'may have the id %s',
    (id) => expect(parseOne({ id })).toMatchObject({ id }),
  );

  test.each([
    'O’Brien & Söhne <b>"\'`$(x)\\',
    '日本語',
    'रवि',
    'രാജന്‍',
    'می‌خواهم',
    'محمد',
    '👩‍👩‍👧‍👦 family',
    '✋',
    '{{ .Values }}',
    '~',
    'a\u0301',
    'A'.repeat(100),
  ])('may have the name %j', (name) => {
    expect(parseOne({ name })).toMatchObject({ name });
  });

  test('may share its name with another', () => {
    const tenants = [alice, { id: 'alice-2', name: 'Alice' }];
    expect(parse({ tenants }).tenants.map(({ name }) => name)).toEqual(['Alice', 'Alice']);
  });

  test('may have the id of one that was offboarded', () => {
    expect(parse({ tenants: [alice], offboarded: [receipt('alice')] }).tenants).toHaveLength(1);
  });
});

describe('a plan', () => {
  test('reserves a quarter of its CPU and half of its memory where it does not say', () => {
    const plans = { small: { cpu: '1001m', memory: '1000000001', storage: '1Gi', pods: 1 } };
    expect(parseOne({}, { plans })?.plan.requests).toEqual({ cpu: 251, memory: 500_000_001 });
  });

  test('may reserve all of its limits', () => {
    const amounts = { cpu: '2', memory: '4Gi' };
    const plans = { small: { ...amounts, storage: '1Gi', pods: 1, requests: amounts } };
    expect(parseOne({}, { plans })?.plan.requests).toEqual({ cpu: 2000, memory: 4 * GiB });
  });

  test('may be called like a method of every object', () => {
    const plan = { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1 };
    const file = { plans: { constructor: plan }, defaultPlan: 'constructor' };
    expect(parseOne({}, file)?.plan.name).toBe('constructor');
  });
});

test('the capacity of the host suffices to the last byte, and paused tenants need none', () => {
  // Half a CPU and 2Gi are the plan's, the rest is what running a tenant costs.
  const host = { capacity: { cpu: '550m', memory: '2464Mi' } };
  const bob = { id: 'bob', name: 'Bob' };
  expect(parse({ host, tenants: [alice, { ...bob, state: 'paused' }] }).tenants).toHaveLength(2);
  expect(() => parse({ host, tenants: [alice, bob] })).toThrow(
    'host.capacity.cpu: found "550m"; the active tenants request 1100m in all',
  );
});

test('the volumes and the number of tenants that a host holds count paused ones too', () => {
  // 10Gi are the plan's, 2Gi the control plane's.
  const capacity = { cpu: '2', memory: '64Gi', storage: '24Gi', tenants: 2 };
  const bob = { id: 'bob', name: 'Bob', state: 'paused' };
  const carol = { id: 'carol', name: 'Carol', state: 'offboarding' };
  expect(parse({ host: { capacity }, tenants: [alice, bob] }).tenants).toHaveLength(2);
  const tooMany = () => parse({ host: { capacity }, tenants: [alice, bob, carol] });
  expect(tooMany).toThrow('host.capacity.storage: found "24Gi"; the tenants may claim 36Gi in all');
  expect(tooMany).toThrow('host.capacity.tenants: found 2; 3 tenants live there');
});

describe('several hosts', () => {
  const hosts = {
    'us-1': { context: 'us' },
    'eu-1': {
      context: 'eu',
      gateway: { namespace: 'gateway', name: 'public' },
      domain: 'eu.example.com',
      storageClasses: ['ssd'],
    },
  };
  const bob = { id: 'bob', name: 'Bob' };

  test('come sorted by name, and a tenant has the one that it names', () => {
    const fleet = parse({
      hosts,
      plans: {
        small: { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 },
        fast: {
          cpu: '2',
          memory: '4Gi',
          storage: '10Gi',
          pods: 20,
          storageClasses: ['ssd'],
        },
      },
      tenants: [
        { ...alice, host: 'us-1' },
        { ...bob, host: 'eu-1', plan: 'fast' },
      ],
    });
    expect(fleet.hosts.map(({ name, context }) => [name, context])).toEqual([
      ['eu-1', 'eu'],
      ['us-1', 'us'],
    ]);
    expect(fleet.tenants.map(({ host, hostnames }) => [host, hostnames])).toEqual([
      [fleet.hosts[1], []],
      [fleet.hosts[0], ['bob.eu.example.com']],
    ]);
  });

  test('where there is but one by that form, tenants need not name it', () => {
    const only = { hosts: { 'us-1': hosts['us-1'] } };
    expect(parse({ ...only, tenants: [alice] })).toEqual(
      parse({ ...only, tenants: [{ ...alice, host: 'us-1' }] }),
    );
  });
});

test('ten thousand tenants are one file like any other', () => {
  const tenants = Array.from({ length: 10_000 }, (_, at) => ({ id: `t-${at}`, name: `T ${at}` }));
  expect(parse({ tenants }).tenants).toHaveLength(10_000);
  const broken = [...tenants, { id: 't-7', name: 'Again' }];
  expect(() => parse({ tenants: broken })).toThrow('tenants[10000].id: found "t-7"');
});

function receipt(id: string) {
  return {
    id,
    offboardedOn: '2026-03-01',
    reason: 'unpaid',
    digest: `sha256:${'0'.repeat(64)}`,
    objects: 3,
    volumes: 0,
  };
}

test('of a tenants.json of the past settings and images may be those of another workload', () => {
  const text = JSON.stringify({
    releases: { stable: { images: { old: 'tenantry/old:0123456789ab' } } },
    tenants: [{ ...alice, settings: { of: 'old' } }],
  });
  expect(() => parseTenants(text)).toThrow('settings.of');
  expect(() => parseTenants(text)).toThrow('releases.stable.images.old');
  expect(parseFormerTenants(text).tenants).toMatchObject([{ id: 'alice' }]);
});
