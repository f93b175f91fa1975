import { describe, expect, test } from '@jest/globals';
import { workload } from '@tenantry/workload';
import * as fc from 'fast-check';
import {
  type Fleet,
  formatBytes,
  formatCpu,
  InvalidTenants,
  parseBytes,
  parseCpu,
  parseTenants,
  suggest,
  syncedName,
} from '../src/index.ts';

/** The fleet, or the refusal; whatever else is thrown goes on. */
function parseOrRefusal(text: string): Fleet | InvalidTenants {
  try {
    return parseTenants(text);
  } catch (error) {
    if (error instanceof InvalidTenants) return error;
    throw error;
  }
}

function accepts(file: object): boolean {
  return !(parseOrRefusal(JSON.stringify(file)) instanceof InvalidTenants);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const anything = fc.jsonValue({ maxDepth: 3 });
const cidr = fc.oneof(fc.constantFrom('10.0.0.0/8', '10.0.0.2', 'fe80::/10'), anything);
const quantity = fc.oneof(fc.constantFrom('1', '500m', '4Gi', '0', '1e3', ''), anything);

const GATEWAY = { namespace: 'gateway', name: 'public' };
const hostname = fc
  .array(fc.constantFrom('a', 'b', 'alice', 'bob', 'example'), { minLength: 2, maxLength: 4 })
  .map((labels) => labels.join('.'));

const host = fc.oneof(
  fc.record({
    capacity: fc.record(
      { cpu: quantity, memory: quantity, storage: quantity, tenants: anything },
      { requiredKeys: [] },
    ),
  }),
  fc.record(
    { gateway: fc.oneof(fc.constant(GATEWAY), anything), domain: fc.oneof(hostname, anything) },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      engine: fc.oneof(fc.constantFrom('deploy', 'flux'), anything),
      flux: fc.oneof(
        fc.record(
          { registry: fc.constantFrom('oci://registry.example/a', 'oci://a'), charts: anything },
          { requiredKeys: [] },
        ),
        anything,
      ),
    },
    { requiredKeys: [] },
  ),
  fc.record({
    capacity: fc.record({ cpu: quantity, memory: quantity }),
    apiCidr: cidr,
    clusterCidrs: fc.oneof(fc.array(cidr), anything),
  }),
  anything,
);
const hostName = fc.constantFrom('eu-1', 'us-1', '__proto__', 'constructor');

/** Files of the right shape with anything in any place. */
const nearFile = fc.record(
  {
    host,
    hosts: fc.oneof(fc.dictionary(hostName, host), anything),
    graceDays: fc.oneof(fc.integer(), anything),
    releases: fc.oneof(
      fc.dictionary(
        fc.constantFrom('stable', 'canary', 'constructor', '__proto__'),
        fc.oneof(
          fc.constant('source'),
          fc.record({ images: fc.dictionary(fc.constantFrom('app', 'constructor'), anything) }),
          anything,
        ),
      ),
      anything,
    ),
    waves: fc.oneof(
      fc.array(fc.oneof(fc.constantFrom('canary', 'rest', 'constructor', '__proto__'), anything)),
      anything,
    ),
    defaultPlan: fc.oneof(fc.constantFrom('small', '__proto__', 'constructor'), anything),
    plans: fc.oneof(
      fc.dictionary(
        fc.oneof(fc.constantFrom('small', 'constructor', '__proto__'), fc.string()),
        fc.record(
          {
            cpu: quantity,
            memory: quantity,
            storage: quantity,
            pods: anything,
            requests: anything,
            storageClasses: anything,
            egress: fc.oneof(
              fc.array(fc.record({ cidr: cidr, ports: anything }, { requiredKeys: [] })),
              anything,
            ),
            nameservers: fc.oneof(fc.array(cidr), anything),
          },
          { requiredKeys: [] },
        ),
      ),
      anything,
    ),
    tenants: fc.oneof(
      fc.array(
        fc.record(
          {
            id: fc.oneof(fc.constantFrom('alice', 'bob'), anything),
            name: fc.oneof(fc.string({ unit: 'binary' }), anything),
            plan: fc.oneof(fc.constantFrom('small', '__proto__'), anything),
            host: fc.oneof(hostName, anything),
            state: fc.oneof(fc.constantFrom('active', 'paused', 'offboarding'), anything),
            pausedBy: anything,
            hostnames: fc.oneof(fc.array(fc.oneof(hostname, anything)), anything),
            release: fc.oneof(fc.constantFrom('stable', '__proto__', 'constructor'), anything),
            wave: fc.oneof(fc.constantFrom('canary', 'rest', '__proto__', 'length'), anything),
          },
          { requiredKeys: [] },
        ),
      ),
      anything,
    ),
    offboarded: anything,
  },
  { requiredKeys: [] },
);

describe('parsing ends with a fleet or with InvalidTenants', () => {
  test('for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseOrRefusal(text)));
  });

  test('for any JSON', () => {
    fc.assert(fc.property(fc.json(), (text) => void parseOrRefusal(text)));
  });

  test('for files of the right shape with anything in any place', () => {
    fc.assert(
      fc.property(nearFile, (file) => {
        const result = parseOrRefusal(JSON.stringify(file));
        if (!(result instanceof InvalidTenants)) return;
        expect(result.faults.length).toBeGreaterThan(0);
        expect(result.message).not.toMatch(/[\p{Cc}\p{Cs}](?<!\n)/u);
      }),
      { numRuns: 200 },
    );
  });

  test.each([100, 1_000, 5_000, 100_000])('at a nesting of %d levels', (depth) => {
    const nested = `${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`;
    expect(parseOrRefusal(nested)).toBeInstanceOf(InvalidTenants);
    expect(parseOrRefusal(`{"tenants":[],"host":${nested}}`)).toBeInstanceOf(InvalidTenants);
    expect(parseOrRefusal('['.repeat(depth))).toBeInstanceOf(InvalidTenants);
  });
});

test('what counts as JSON is what JSON.parse takes, also after an accident', () => {
  const good =
    '{\n "tenants": [{ "id": "a", "name": "\\u00e9\\n", "keep": true }], "graceDays": 1.5e1 }';
  const accident = fc.record({
    at: fc.nat(good.length),
    cut: fc.nat(3),
    put: fc.oneof(
      fc.string({ maxLength: 2 }),
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '0',
        '-',
        '.',
        'e',
        '/',
        '\n',
        '\t',
        '\0',
      ),
    ),
  });
  fc.assert(
    fc.property(accident, ({ at, cut, put }) => {
      const text = good.slice(0, at) + put + good.slice(at + cut);
      const result = parseOrRefusal(text);
      const refusedAsJson =
        result instanceof InvalidTenants && / {2}not JSON: /.test(result.message);
      expect(refusedAsJson).toBe(!isJson(text));
    }),
    { numRuns: 1_000 },
  );
});

describe('an amount', () => {
  test('of CPU survives being written and read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (millicores) => {
        expect(parseCpu(formatCpu(millicores))).toBe(millicores);
      }),
    );
  });

  test('of bytes survives being written and read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (bytes) => {
        expect(parseBytes(formatBytes(bytes))).toBe(bytes);
      }),
    );
  });

  test('in a binary unit is written in the largest that holds it whole', () => {
    const unit = fc.constantFrom(['Ki', 10], ['Mi', 20], ['Gi', 30], ['Ti', 40]) as fc.Arbitrary<
      [string, number]
    >;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1023 }), unit, (amount, [suffix, power]) => {
        expect(formatBytes(amount * 2 ** power)).toBe(`${amount}${suffix}`);
      }),
    );
  });

  test('with a decimal point is exact', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.nat(999), (whole, thousandths) => {
        const text = `${whole}.${String(thousandths).padStart(3, '0')}`;
        const amount = whole * 1000 + thousandths;
        expect(parseBytes(`${text}k`)).toBe(amount || null);
        expect(parseBytes(`${text}G`)).toBe(amount * 1e6 || null);
        expect(parseCpu(text)).toBe(amount || null);
      }),
    );
  });

  test.each(['', '0', '0.000', '-1', '+1', ' 1', '1 ', '1,5', '.5', '1.', '1e3', '١', '1µ', '0x1'])(
    'is not written %j',
    (text) => expect([parseCpu(text), parseBytes(text)]).toEqual([null, null]),
  );

  test.each([
    ['1000000', 1e9],
    ['1000001', null],
    ['1000000.001', null],
    ['999999999m', 999_999_999],
    ['0.001', 1],
    ['0.0001', null],
    ['1.5m', null],
  ])('of CPU %s is %s', (text, millicores) => expect(parseCpu(text)).toBe(millicores));

  test.each([
    ['1', 1],
    ['1024Ti', 2 ** 50],
    ['1025Ti', null],
    ['1.001G', 1_001_000_000],
    ['0.5Ki', 512],
    ['0.1Ki', null],
    ['4GB', null],
    ['4g', null],
    ['1K', null],
    ['1Ei', null],
  ])('of bytes %s is %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes));
});

test('an id is accepted where it is a DNS label and vcluster keeps the names it makes of it', () => {
  const id = fc.oneof(
    fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/),
    fc.stringMatching(/^[-a-z0-9]{0,31}$/),
    fc.string({ maxLength: 32 }),
  );
  fc.assert(
    fc.property(id, (text) => {
      const fits = syncedName(workload.service.name, workload.service.namespace, text).endsWith(
        `-${text}`,
      );
      const isLabel = /^(?!-)[-a-z0-9]+(?<!-)$/.test(text);
      expect(accepts({ tenants: [{ id: text, name: 'Alice' }] })).toBe(fits && isLabel);
    }),
    { numRuns: 200 },
  );
});

test('a name that is accepted comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      const result = parseOrRefusal(JSON.stringify({ tenants: [{ id: 'alice', name }] }));
      if (!(result instanceof InvalidTenants)) expect(result.tenants[0]?.name).toBe(name);
    }),
  );
});

test('no name that is accepted is twice there, or below a name of another tenant', () => {
  const tenants = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('alice', 'bob', 'a', 'b'),
      host: fc.constantFrom('eu-1', 'us-1'),
      hostnames: fc.array(hostname),
    }),
    { selector: ({ id }) => id, maxLength: 4 },
  );
  fc.assert(
    fc.property(hostname, hostname, tenants, (domain, other, entries) => {
      const fleet = parseOrRefusal(
        JSON.stringify({
          hosts: {
            'eu-1': { context: 'eu', gateway: GATEWAY, domain },
            'us-1': { context: 'us', gateway: GATEWAY, domain: other },
          },
          tenants: entries.map((entry) => ({ ...entry, name: 'A' })),
        }),
      );
      if (fleet instanceof InvalidTenants) return;
      const claims = fleet.tenants.flatMap(({ id, hostnames }) =>
        hostnames.map((name) => ({ id, name })),
      );
      const clashes = claims.filter(({ id, name }) =>
        claims.some((claim) => claim.id !== id && `.${name}`.endsWith(`.${claim.name}`)),
      );
      expect(clashes).toEqual([]);
      expect(new Set(claims.map(({ name }) => name)).size).toBe(claims.length);
    }),
    { numRuns: 500 },
  );
});

test('the order of the tenants in the file means nothing', () => {
  const tenants = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,8}$/), { minLength: 2 });
  const orders = tenants.chain((ids) =>
    fc.tuple(fc.constant(ids), fc.shuffledSubarray(ids, { minLength: ids.length })),
  );
  const file = (ids: readonly string[]) =>
    JSON.stringify({ tenants: ids.map((id) => ({ id, name: id })) });
  fc.assert(
    fc.property(orders, ([one, other]) => {
      expect(parseTenants(file(other))).toEqual(parseTenants(file(one)));
    }),
  );
});

test('a suggestion is one of the candidates, and the word itself where it is one', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (word, candidates) => {
      expect([null, ...candidates]).toContain(suggest(word, candidates));
      expect(suggest(word, [word])).toBe(word);
    }),
  );
});
