import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Fault, InvalidTenants, parseTenants } from '../src/index.ts';

// Each NAME.json in broken/ is refused with exactly the text in NAME.txt. After a change of the
// messages: TENANTRY_UPDATE=1 pnpm test packages/tenants/test/broken, then read the difference.
const directory = join(import.meta.dirname, 'broken');
const update = process.env['TENANTRY_UPDATE'] === '1';
const names = readdirSync(directory)
  .filter((file) => file.endsWith('.json'))
  .map((file) => basename(file, '.json'));

function read(name: string): string {
  return readFileSync(join(directory, `${name}.json`), 'utf8');
}

function refusal(text: string, name = 'the file'): InvalidTenants {
  try {
    parseTenants(text);
  } catch (error) {
    if (error instanceof InvalidTenants) return error;
    throw error;
  }
  throw new TypeError(`${name} was accepted`);
}

const refusalOf = (name: string) => refusal(read(name), name);

function byName<T>(of: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}

test('there is a broad set of broken files, and no message without its file', () => {
  expect(names.length).toBeGreaterThan(150);
  const messages = readdirSync(directory).filter((file) => file.endsWith('.txt'));
  expect(messages.map((file) => basename(file, '.txt'))).toEqual(names);
});

test('each is refused with its message', () => {
  const golden = (name: string) => join(directory, `${name}.txt`);
  const messages = byName((name) => `${refusalOf(name).message}\n`);
  if (update) for (const name of names) writeFileSync(golden(name), messages[name] ?? '');
  expect(messages).toEqual(
    byName((name) => (existsSync(golden(name)) ? readFileSync(golden(name), 'utf8') : '')),
  );
});

test('what they hold cannot reach a terminal unescaped', () => {
  const escaped = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}](?<!\n)/u;
  expect(names.filter((name) => escaped.test(refusalOf(name).message))).toEqual([]);
});

test('the faults of each are in the order of the file and lie inside it', () => {
  const places = (faults: readonly Fault[]) =>
    faults.map(({ line, column }) => `${line}:${column}`);
  const inOrder = byName((name) =>
    places(refusalOf(name).faults.toSorted((a, b) => a.line - b.line || a.column - b.column)),
  );
  expect(byName((name) => places(refusalOf(name).faults))).toEqual(inOrder);
  const outside = names.flatMap((name) => {
    const lines = read(name).split('\n');
    return refusalOf(name)
      .faults.filter(({ line, column }) => column > (lines[line - 1] ?? '').length + 1)
      .map((fault) => [name, fault]);
  });
  expect(outside).toEqual([]);
});

describe('a fault points at', () => {
  /** What stands in the file where each fault points, by the fault's path. */
  function pointedAt(name: string, length?: number): readonly (readonly [string, string])[] {
    const lines = read(name).split('\n');
    const there = ({ line, column }: Fault) =>
      (lines[line - 1] ?? '').slice(column - 1).slice(0, length);
    return refusalOf(name).faults.map((fault) => [fault.path, there(fault)]);
  }

  test.each([
    ['id-dots', 'tenants[0].id', '"alice.example"'],
    ['date-february-30', 'tenants[0].paidThrough', '"2026-02-30"'],
    ['plan-cpu-memory-unit', 'plans.small.cpu', '"2Gi"'],
    ['plan-requests-above-limits', 'plans.small.requests.memory', '"8Gi"'],
    ['capacity-exceeded', 'host.capacity.cpu', '"1"'],
    ['id-twice', 'tenants[2].id', '"alice", "name": "Alice again"'],
    ['offboarded-bad-receipt', 'offboarded[0].digest', '"sha256:ABC"'],
  ])('the value: %s', (name, path, text) => {
    expect(pointedAt(name, text.length)).toContainEqual([path, text]);
  });

  test.each([
    ['key-near-miss-in-tenant', 'tenants[0].plna', '"plna"'],
    ['key-near-miss-at-the-top', 'tennants', '"tennants"'],
    ['key-twice-in-tenant', 'tenants[0].id', '"id": "bob"'],
    ['key-proto-at-the-top', '__proto__', '"__proto__"'],
    ['plans-bad-names', 'plans["Big Plan"]', '"Big Plan"'],
  ])('the key, where the key is wrong: %s', (name, path, text) => {
    expect(pointedAt(name, text.length)).toContainEqual([path, text]);
  });

  test('the object in which something is missing', () => {
    expect(pointedAt('tenant-without-id')).toEqual([['tenants[0].id', '{"name": "Alice"}']]);
  });

  test('the second comma, not the end of the file', () => {
    expect(pointedAt('comma-missing')).toEqual([['', '{ "id": "bob", "name": "Bob" }']]);
  });
});

test('a byte order mark does not move the columns', () => {
  const text = read('id-dots');
  expect(refusal(`\uFEFF${text}`).faults).toEqual(refusal(text).faults);
});

test('CRLF does not move lines or columns', () => {
  const text = read('many-faults');
  expect(refusal(text.replaceAll('\n', '\r\n')).faults).toEqual(refusal(text).faults);
});

test('the message calls the file by the name it was given', () => {
  expect(() => parseTenants('[]', 'conf/tenants.json')).toThrow(
    /^conf\/tenants\.json has 1 fault; nothing was written:\n {2}conf\/tenants\.json:1:1 {2}/,
  );
});

test('all faults of a file come at once', () => {
  const { faults } = refusalOf('many-faults');
  const places = faults.map(({ path }) => path);
  expect(places).toEqual(
    expect.arrayContaining([
      'version',
      'host.context',
      'host.capacity.cpu',
      'graceDays',
      'defaultPlan',
      'plans.small.cpu',
      'plans.small.memory',
      'plans.small.storage',
      'plans.small.pods',
      'plans.big.requests.cpu',
      'tenants[0].id',
      'tenants[0].name',
      'tenants[0].plan',
      'tenants[0].paidThrough',
      'tenants[1].plna',
      'tenants[2].id',
      'tenants[2].name',
      'tenants[3].name',
      'tenants[3].pausedBy',
      'tenants[4]',
      'offboarded[0].offboardedOn',
    ]),
  );
});
