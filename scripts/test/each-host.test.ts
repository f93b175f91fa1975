import { describe, expect, test } from '@jest/globals';
import { explain, Fault, TenantFailure, TenantFailures } from '../lib/cli/errors.ts';
import { eachHost } from '../lib/deploy/each-host.ts';

const [eu, us] = [
  { name: 'eu-1', tenants: [{ id: 'alice' }, { id: 'bob' }] },
  { name: 'us-1', tenants: [{ id: 'carol' }] },
];
const away = new Fault({ what: 'host us', why: 'it is away', todo: 'wait' });

describe('of several hosts', () => {
  test('all are worked on side by side, and come back in their order', async () => {
    const begun: string[] = [];
    const both = Promise.withResolvers<void>();
    const results = await eachHost([eu, us], async ({ name }) => {
      begun.push(name);
      if (begun.length === 2) both.resolve();
      await both.promise;
      return name;
    });
    expect(results).toEqual({ done: ['eu-1', 'us-1'], failure: null });
  });

  test('one that is away fails its own tenants only', async () => {
    const { done, failure } = await eachHost([eu, us], async ({ name }) => {
      if (name === 'us-1') throw away;
      return name;
    });
    expect([done, failure?.done]).toEqual([['eu-1'], 2]);
    expect(explain(failure)).toBe('us-1: host us: it is away\n  → wait\n  left alone: carol');
  });

  test('the tenants that are done and those that failed are counted over all', async () => {
    const { failure } = await eachHost([eu, us], async ({ name }) => {
      if (name === 'us-1') throw away;
      throw new TenantFailures([new TenantFailure('bob', new Error('ill'))], 1);
    });
    expect(failure?.done).toBe(1);
    expect(failure?.errors.map(({ message }) => message.split('\n')[0])).toEqual([
      'bob: ill',
      'us-1: host us: it is away',
    ]);
  });

  test('where each is away, none of the tenants is done', async () => {
    const { done, failure } = await eachHost([eu, us], () => Promise.reject(away));
    expect([done, failure?.done]).toEqual([[], 0]);
  });
});

test('what the only host throws is thrown as it is', async () => {
  await expect(eachHost([us], () => Promise.reject(away))).rejects.toBe(away);
});
