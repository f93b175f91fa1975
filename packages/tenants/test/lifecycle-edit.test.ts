import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  addReceipt,
  addTenant,
  stateFields,
  parseTenants,
  pinRelease,
  removeTenant,
  setTenantKeys,
  type TenantKeys,
} from '../src/index.ts';

const OBJECT = {
  $schema: './packages/tenants/tenants.schema.json',
  graceDays: 7,
  plans: { small: { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 } },
  tenants: [
    { id: 'alice', name: 'Alice, "A" {[', plan: 'small', paidThrough: '2026-12-31' },
    { id: 'bob', name: 'Bob ✋' },
  ],
  offboarded: [],
};

/** Tenants on one line each, as the repository has them. */
const REFERENCE = `{
  "graceDays": 7,
  "tenants": [
    { "id": "alice", "name": "Alice, \\"A\\" {[", "paidThrough": "2026-12-31" },
    { "id": "bob", "name": "Bob ✋" }
  ],
  "offboarded": []
}
`;

const FORMATS: readonly (readonly [string, string])[] = [
  ['tenants on one line each', REFERENCE],
  ['tenants on one line each, CRLF', REFERENCE.replaceAll('\n', '\r\n')],
  ['two spaces', `${JSON.stringify(OBJECT, null, 2)}\n`],
  ['four spaces', `${JSON.stringify(OBJECT, null, 4)}\n`],
  ['tabs', `${JSON.stringify(OBJECT, null, '\t')}\n`],
  ['tabs, CRLF', JSON.stringify(OBJECT, null, '\t').replaceAll('\n', '\r\n')],
  ['all on one line', JSON.stringify(OBJECT)],
  ['a byte order mark in front', `\uFEFF${JSON.stringify(OBJECT, null, 2)}`],
  [
    'odd spaces',
    '{ "tenants" :[{"id" :"alice","name":"Alice" } ,\n\n {"id":"bob","name":"B"}] }  ',
  ],
];

const PAUSED: TenantKeys = { state: 'paused', pausedBy: 'lifecycle', pausedSince: '2027-01-01' };
const ACTIVE = stateFields({ state: 'active', pausedBy: null, pausedSince: null });

/** The text in front of what differs, and the text behind it. */
function around(before: string, after: string): readonly [string, string] {
  let front = 0;
  while (front < before.length && before[front] === after[front]) front += 1;
  let back = 0;
  while (back < before.length - front && before.at(-1 - back) === after.at(-1 - back)) back += 1;
  return [before.slice(0, front), before.slice(before.length - back)];
}

describe.each(FORMATS)('%s', (_, text) => {
  test('a pause adds its keys and nothing else, and a resume takes them away to the byte', () => {
    for (const id of ['alice', 'bob']) {
      const paused = setTenantKeys(text, new Map([[id, PAUSED]]));
      const [front, back] = around(text, paused);
      expect(front + back).toBe(text);
      const found = parseTenants(paused).tenants.map((tenant) => [tenant.id, tenant.state]);
      expect(Object.fromEntries(found)).toEqual({ alice: 'active', bob: 'active', [id]: 'paused' });
      expect(setTenantKeys(paused, new Map([[id, ACTIVE]]))).toBe(text);
    }
  });

  test('a release is pinned, whatever stands there of it, and nothing else changes', () => {
    const images = { app: 'tenantry/app:0123456789ab' };
    const once = pinRelease(text, 'stable', { app: 'tenantry/app:ba9876543210' });
    const pinned = pinRelease(once, 'stable', images);
    const [front, back] = around(text, pinned);
    expect(front + back).toBe(text);
    expect(parseTenants(pinned).releases).toEqual([
      { name: 'stable', images },
      { name: 'canary', images: {} },
    ]);
    expect(pinRelease(pinned, 'stable', images)).toBe(pinned);
  });

  test('tenants are edited together as they are one after the other', () => {
    const both = new Map([
      ['bob', PAUSED],
      ['alice', { paidThrough: '2028-02-29', keep: true }],
    ]);
    const together = setTenantKeys(text, both);
    const apart = [...both].reduce(
      (result, entry) => setTenantKeys(result, new Map([entry])),
      text,
    );
    expect(together).toBe(apart);
    expect(parseTenants(together).tenants).toMatchObject([
      { id: 'alice', paidThrough: '2028-02-29', keep: true, state: 'active' },
      { id: 'bob', pausedBy: 'lifecycle', pausedSince: '2027-01-01' },
    ]);
  });

  test('a new tenant stands at the end, and is gone without a trace', () => {
    const added = addTenant(text, { id: 'carol', name: 'Carol "C"', paidThrough: '2028-02-29' });
    const [front, back] = around(text, added);
    expect(front + back).toBe(text);
    expect(parseTenants(added).tenants[2]).toMatchObject({
      id: 'carol',
      name: 'Carol "C"',
      paidThrough: '2028-02-29',
    });
    expect(removeTenant(added, 'carol')).toBe(text);
    expect(parseTenants(removeTenant(added, 'alice')).tenants.map(({ id }) => id)).toEqual([
      'bob',
      'carol',
    ]);
  });

  test('line ends stay what they are', () => {
    const edited = addTenant(setTenantKeys(text, new Map([['bob', PAUSED]])), {
      id: 'c',
      name: 'C',
    });
    const endings = (which: string) => new Set(which.match(/\r?\n/g));
    expect(endings(edited)).toEqual(endings(text));
  });
});

test('new keys are written like the ones beside them', () => {
  expect(setTenantKeys(REFERENCE, new Map([['bob', PAUSED]]))).toContain(
    '    { "id": "bob", "name": "Bob ✋", "state": "paused", "pausedBy": "lifecycle", "pausedSince": "2027-01-01" }\n',
  );
  const tabs = setTenantKeys(JSON.stringify(OBJECT, null, '\t'), new Map([['bob', PAUSED]]));
  expect(tabs).toContain(
    '\t\t\t"name": "Bob ✋",\n\t\t\t"state": "paused",\n\t\t\t"pausedBy": "lifecycle",\n',
  );
});

test.each([
  ['{"tenants":[]}', '{"tenants":[{"id":"a","name":"A"}]}'],
  ['{ "tenants": [] }\n', '{ "tenants": [{ "id": "a", "name": "A" }] }\n'],
  [
    '{\r\n\t"tenants": []\r\n}\r\n',
    '{\r\n\t"tenants": [\r\n\t\t{ "id": "a", "name": "A" }\r\n\t]\r\n}\r\n',
  ],
])('the first tenant goes into %j', (text, expected) => {
  expect(addTenant(text, { id: 'a', name: 'A' })).toBe(expected);
});

test('a receipt makes the list that is missing', () => {
  const receipt = {
    id: 'zoe',
    offboardedOn: '2026-01-01',
    reason: 'left',
    digest: `sha256:${'0'.repeat(64)}`,
    objects: 1,
    volumes: 0,
  };
  const text = '{\n  "tenants": []\n}\n';
  const once = addReceipt(text, receipt);
  expect(JSON.parse(addReceipt(once, receipt))).toEqual({
    tenants: [],
    offboarded: [receipt, receipt],
  });
  expect(once.startsWith('{\n  "tenants": [],\n  "offboarded": [\n    { "id": "zoe"')).toBe(true);
  expect(() => parseTenants(once)).not.toThrow();
});

test('whatever the white space and the edits, what comes out is what JSON says of it', () => {
  const space = fc.constantFrom('', ' ', '  ', '\n', '\r\n\t', '\n\n    ');
  const file = fc.tuple(space, space, space, space, fc.integer({ min: 1, max: 4 }));
  const keys = fc.record(
    {
      paidThrough: fc.constantFrom('2026-02-28', undefined),
      state: fc.constantFrom('paused', 'offboarding'),
      keep: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(file, fc.nat(3), fc.array(keys, { maxLength: 4 }), ([a, b, c, d, n], at, edits) => {
      const tenants = Array.from(
        { length: n },
        (__, index) => `{${a}"id"${b}:${c}"t${index}"${d},${a}"name":${b}"T"${c}}`,
      );
      let text = `${d}{${b}"tenants"${a}:${c}[${d}${tenants.join(`${a},${b}`)}${c}]${a}}${b}`;
      const wanted = JSON.parse(text) as { tenants: Record<string, unknown>[] };
      for (const edit of edits) {
        text = setTenantKeys(text, new Map([[`t${at % n}`, edit]]));
        Object.assign(wanted.tenants[at % n] ?? {}, edit);
      }
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(wanted)));
      expect(() => parseTenants(text)).not.toThrow();
    }),
  );
});
