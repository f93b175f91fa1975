import { describe, expect, test } from '@jest/globals';
import { InvalidTenants } from '@tenantry/tenants';
import {
  explain,
  Fault,
  messageOf,
  TenantFailure,
  TenantFailures,
  UsageError,
} from '../lib/cli/errors.ts';

const fault = new Fault({ what: 'no cluster', why: 'Docker is off', todo: 'start it' });
const unexpected = new TypeError('x is not a function', { cause: new RangeError('deep') });

describe('an error that somebody foresaw is its message', () => {
  test.each([
    ['a fault', fault, 'no cluster: Docker is off\n  → start it'],
    ['bad usage', new UsageError('no id'), 'no id'],
    ['tenants.json', new InvalidTenants('t.json', []), /^t\.json has 0 faults; [^\n]*$/],
    [
      'of a tenant',
      new TenantFailure('bob', fault),
      'bob: no cluster: Docker is off\n  → start it',
    ],
  ])('%s', (_, error, text) => {
    expect(explain(error)).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
  });
});

test('any other shows its stack, and that of its cause', () => {
  expect(explain(unexpected)).toMatch(
    /^TypeError: x is not a function\n {4}at .*errors\.test\.ts[^]*\n {2}caused by: RangeError: deep\n {4}at /,
  );
  expect(messageOf(unexpected)).toBe('x is not a function');
});

test('Node’s own errors show it too, whichever realm they come from', () => {
  const error = (() => {
    try {
      return process.chdir('/no/such/directory');
    } catch (caught) {
      return caught;
    }
  })();
  expect(explain(error)).toMatch(/ENOENT: [^\n]*\n {4}at /);
});

test('a full disk is said without a stack, with what to do', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
  });
  expect(explain(error)).toBe(
    'ENOSPC: no space left on device, write\n  → make room on that disk, then run the command again',
  );
});

test('of several, each in its own way', () => {
  const failures = [new TenantFailure('alice', unexpected), new TenantFailure('bob', fault)];
  const text = explain(new TenantFailures(failures, 0));
  expect(text).toMatch(/^alice: TypeError: x is not a function\n {4}at /);
  expect(text).toMatch(/\nbob: no cluster: Docker is off\n {2}→ start it$/);
  const both = new SuppressedError(new Error('clean-up'), fault);
  expect(explain(both)).toMatch(
    /^no cluster: Docker is off\n {2}→ start it\nError: clean-up\n {4}at /,
  );
});

test('what was thrown and is no error is shown as it is', () => {
  expect(explain('a word')).toBe('a word');
  expect(explain(undefined)).toBe('undefined');
});
