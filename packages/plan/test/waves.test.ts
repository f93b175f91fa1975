import { expect, test } from '@jest/globals';
import { LAST_WAVE } from '@tenantry/tenants';
import { wavesOf } from '../src/waves.ts';

test('waves come in their order and the one of all others last, whatever the order of the tenants', () => {
  const tenants = [
    { id: 'alice', wave: LAST_WAVE },
    { id: 'bob', wave: { name: 'early', order: 2 } },
    { id: 'carol', wave: { name: 'canary', order: 1 } },
    { id: 'dave', wave: { name: 'early', order: 2 } },
  ];
  const named = (of: typeof tenants) =>
    wavesOf(of).map(({ name, tenants: members }) => [name, members.map(({ id }) => id).sort()]);
  expect(named(tenants)).toEqual([
    ['canary', ['carol']],
    ['early', ['bob', 'dave']],
    ['rest', ['alice']],
  ]);
  expect(named(tenants.toReversed())).toEqual(named(tenants));
});
