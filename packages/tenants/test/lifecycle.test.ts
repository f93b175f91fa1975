import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  applyTransition,
  dateOf,
  dayOf,
  dueTransitions,
  isDate,
  LAST_WAVE,
  parseTenants,
  pausedByOperator,
  resumedByOperator,
  type Tenant,
  type Transition,
} from '../src/index.ts';

const [model] = parseTenants('{"tenants":[{"id":"a","name":"A"}]}').tenants;
if (model === undefined) throw new Error('no tenant');
const { plan, host } = model;

function tenantOf(keys: Partial<Tenant> = {}): Tenant {
  return {
    id: 'alice',
    name: 'Alice',
    plan,
    host,
    state: 'active',
    pausedBy: null,
    pausedSince: null,
    paidThrough: '2026-12-31',
    keep: false,
    hostnames: [],
    release: { name: 'stable', images: {} },
    wave: LAST_WAVE,
    versions: plan.versions,
    settings: {},
    ...keys,
  };
}

const GRACE = 7;

/** A tenant after `pnpm lifecycle` on a day. */
function on(tenant: Tenant, today: string, graceDays = GRACE): Tenant {
  return dueTransitions({ tenants: [tenant], graceDays }, today).reduce(applyTransition, tenant);
}

/** A tenant after `pnpm lifecycle` on every day from one to another. */
function daily(tenant: Tenant, from: string, to: string, graceDays = GRACE): Tenant {
  let result = tenant;
  for (let day = dayOf(from); day <= dayOf(to); day += 1) {
    result = on(result, dateOf(day), graceDays);
  }
  return result;
}

function life({ state, pausedBy, pausedSince }: Tenant): unknown[] {
  return [state, pausedBy, pausedSince];
}

describe('Alice, who is paid through 2026-12-31', () => {
  test.each([
    ['2026-12-30', 'active', null],
    ['2026-12-31', 'active', null],
    ['2027-01-01', 'paused', '2027-01-01'],
    ['2027-01-07', 'paused', '2027-01-01'],
    ['2027-01-08', 'offboarding', '2027-01-01'],
    ['2027-02-01', 'offboarding', '2027-01-01'],
  ])('is, with a look every day, on %s %s', (today, state, since) => {
    const alice = daily(tenantOf(), '2026-12-25', today);
    expect([alice.state, alice.pausedSince]).toEqual([state, since]);
    expect(alice.pausedBy).toBe(state === 'active' ? null : 'lifecycle');
  });

  test('has her week also where nobody looked for a month', () => {
    const paused = on(tenantOf(), '2027-02-01');
    expect(life(paused)).toEqual(['paused', 'lifecycle', '2027-02-01']);
    expect(on(paused, '2027-02-07').state).toBe('paused');
    expect(on(paused, '2027-02-08').state).toBe('offboarding');
  });

  test.each(['paused', 'offboarding'] as const)('is back from %s when she has paid', (state) => {
    const alice = tenantOf({
      state,
      pausedBy: 'lifecycle',
      pausedSince: '2027-01-01',
      paidThrough: '2027-01-10',
    });
    expect(life(on(alice, '2027-01-10'))).toEqual(['active', null, null]);
    expect(on(alice, '2027-01-11')).not.toMatchObject({ state: 'active' });
  });

  test('is told why', () => {
    const whys = (tenant: Tenant, today: string) =>
      dueTransitions({ tenants: [tenant], graceDays: GRACE }, today).map(({ why }) => why);
    const paused = on(tenantOf(), '2027-01-01');
    expect(whys(tenantOf(), '2027-01-01')).toEqual([
      'paid through 2026-12-31; offboarding is due on 2027-01-08',
    ]);
    expect(whys(paused, '2027-01-08')).toEqual([
      'paid through 2026-12-31, paused since 2027-01-01; the grace of 7 days is over',
    ]);
    expect(whys({ ...paused, paidThrough: '2027-12-31' }, '2027-01-08')).toEqual([
      'paid through 2027-12-31',
    ]);
  });

  test('is never offboarded where she is kept, and comes back to a pause where she was to be', () => {
    const kept = tenantOf({ keep: true });
    expect(daily(kept, '2027-01-01', '2027-03-01').state).toBe('paused');
    const gone = tenantOf({
      state: 'offboarding',
      pausedBy: 'lifecycle',
      pausedSince: '2027-01-01',
    });
    expect(on({ ...gone, keep: true }, '2027-03-01').state).toBe('paused');
  });

  test('ends on the day of the pause where there is no grace', () => {
    expect(life(on(tenantOf(), '2027-01-01', 0))).toEqual([
      'offboarding',
      'lifecycle',
      '2027-01-01',
    ]);
  });
});

test.each([
  ['2028-02-28', '2028-02-29', '2028-03-01'],
  ['2027-02-28', '2027-03-01', '2027-03-02'],
  ['2100-02-28', '2100-03-01', '2100-03-02'],
  ['2026-04-30', '2026-05-01', '2026-05-02'],
])(
  'who is paid through %s is paused from %s; the day after is %s',
  (paidThrough, first, second) => {
    const tenant = tenantOf({ paidThrough });
    expect(on(tenant, paidThrough).state).toBe('active');
    expect(life(on(tenant, first))).toEqual(['paused', 'lifecycle', first]);
    expect(daily(tenant, paidThrough, second, 1).state).toBe('offboarding');
  },
);

test('what is no day of the calendar is no date', () => {
  expect(['2028-02-29', '2026-01-31', '0001-01-01'].map(isDate)).toEqual([true, true, true]);
  const wrong = ['2027-02-29', '2026-02-30', '2026-13-01', '2026-1-1', '2026-01-01T00:00:00Z', ''];
  expect(wrong.map(isDate)).toEqual(wrong.map(() => false));
});

test('days far away are dates, whatever the number of days', () => {
  expect(['9999-12-31', '0001-01-01', '0000-01-01'].map((date) => dateOf(dayOf(date)))).toEqual([
    '9999-12-31',
    '0001-01-01',
    '0000-01-01',
  ]);
  expect(dateOf(dayOf('9999-12-31') + 1)).toBe('10000-01-01');
  const [due] = dueTransitions(
    { tenants: [tenantOf({ paidThrough: '9999-12-30' })], graceDays: 3650 },
    '9999-12-31',
  );
  expect(due?.why).toContain('offboarding is due on 10009-12-28');
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9999 }),
      fc.nat(11),
      fc.nat(27),
      fc.nat(1e6),
      (...parts) => {
        const [year, month, day, cycles] = parts;
        const text = new Date(Date.UTC(2000, month, day + 1)).toISOString().slice(4, 10);
        const date = `${String(year).padStart(4, '0')}${text}`;
        expect(dateOf(dayOf(date))).toBe(date);
        expect(dateOf(dayOf(date) + cycles * 146_097)).toBe(
          String(year + cycles * 400).padStart(4, '0') + text,
        );
      },
    ),
  );
});

test('who paid in between, unseen, has the whole grace again', () => {
  const paused = tenantOf({
    state: 'paused',
    pausedBy: 'lifecycle',
    pausedSince: '2026-11-01',
    paidThrough: '2026-11-20',
  });
  expect(life(on(paused, '2026-11-25', 7))).toEqual(['paused', 'lifecycle', '2026-11-21']);
  expect(on(paused, '2026-11-28', 7).state).toBe('offboarding');
});

describe('over any calendar', () => {
  const day = fc.integer({ min: dayOf('2023-11-01'), max: dayOf('2029-03-31') });
  const date = day.map(dateOf);
  const graceDays = fc.integer({ min: 0, max: 40 });
  const inAnyState = fc
    .record({
      paidThrough: fc.option(date),
      keep: fc.boolean(),
      state: fc.constantFrom('active', 'paused', 'offboarding'),
      pausedBy: fc.constantFrom('operator', 'lifecycle'),
      pausedSince: fc.option(date),
    })
    .map(({ state, pausedBy, pausedSince, ...rest }) =>
      state === 'active' ? tenantOf(rest) : tenantOf({ ...rest, state, pausedBy, pausedSince }),
    );

  test('a second look on the same day finds nothing', () => {
    fc.assert(
      fc.property(inAnyState, date, graceDays, (tenant, today, grace) => {
        const tenants = [on(tenant, today, grace)];
        expect(dueTransitions({ tenants, graceDays: grace }, today)).toEqual([]);
      }),
    );
  });

  test('what an operator has paused, and who has no date, is never touched', () => {
    fc.assert(
      fc.property(inAnyState, date, graceDays, (tenant, today, grace) => {
        if (tenant.pausedBy !== 'operator' && tenant.paidThrough !== null) return;
        expect(on(tenant, today, grace)).toBe(tenant);
      }),
    );
  });

  test('who is paid is never paused, who is not never runs', () => {
    fc.assert(
      fc.property(inAnyState, date, graceDays, (tenant, today, grace) => {
        if (tenant.pausedBy === 'operator' || tenant.paidThrough === null) return;
        const isPaid = today <= tenant.paidThrough;
        expect(on(tenant, today, grace).state === 'active').toBe(isPaid);
      }),
    );
  });

  test('offboarding waits until the pause is as old as the grace, and passes over who is kept', () => {
    fc.assert(
      fc.property(inAnyState, date, graceDays, (tenant, today, grace) => {
        const after = on(tenant, today, grace);
        if (after.state !== 'offboarding' || after.pausedBy !== 'lifecycle') return;
        if (tenant.paidThrough === null) return;
        expect(after.keep).toBe(false);
        expect(dayOf(today) - dayOf(after.pausedSince ?? '')).toBeGreaterThanOrEqual(grace);
      }),
    );
  });

  test('looking every day, a pause begins on the first unpaid day, the end after the grace', () => {
    fc.assert(
      fc.property(day, graceDays, fc.integer({ min: -3, max: 60 }), (last, grace, later) => {
        const tenant = tenantOf({ paidThrough: dateOf(last) });
        const after = daily(tenant, dateOf(last - 3), dateOf(last + later), grace);
        const ends = last + 1 + grace;
        const state = later < 1 ? 'active' : last + later < ends ? 'paused' : 'offboarding';
        const since = state === 'active' ? null : dateOf(last + 1);
        expect([after.state, after.pausedSince]).toEqual([state, since]);
      }),
    );
  });

  test('once the first unpaid day was seen, a jump ends where a look every day does', () => {
    fc.assert(
      fc.property(inAnyState, day, graceDays, fc.nat(60), (tenant, first, grace, days) => {
        const begun = on(tenant, dateOf(first), grace);
        if (begun.state === 'active' && begun.paidThrough !== null) {
          if (dayOf(begun.paidThrough) < first + days) return;
        }
        const end = dateOf(first + days);
        expect(on(begun, end, grace)).toEqual(daily(begun, dateOf(first), end, grace));
      }),
    );
  });

  test('a jump never goes further than a look every day', () => {
    const rank = { active: 0, paused: 1, offboarding: 2 };
    fc.assert(
      fc.property(inAnyState, day, graceDays, fc.nat(60), (tenant, first, grace, days) => {
        const end = dateOf(first + days);
        const jumped = rank[on(tenant, end, grace).state];
        expect(jumped).toBeLessThanOrEqual(rank[daily(tenant, dateOf(first), end, grace).state]);
      }),
    );
  });

  test('each tenant is decided alone', () => {
    fc.assert(
      fc.property(
        fc.array(inAnyState, { maxLength: 5 }),
        date,
        graceDays,
        (tenants, today, grace) => {
          const named = tenants.map((tenant, index) => ({ ...tenant, id: `t${index}` }));
          const together = dueTransitions({ tenants: named, graceDays: grace }, today);
          const alone = named.flatMap((tenant): readonly Transition[] =>
            dueTransitions({ tenants: [tenant], graceDays: grace }, today),
          );
          expect(together).toEqual(alone);
        },
      ),
    );
  });
});

describe('an operator', () => {
  test('pauses, and a second time changes nothing', () => {
    const paused = pausedByOperator(tenantOf(), '2026-05-01');
    expect(life(paused)).toEqual(['paused', 'operator', '2026-05-01']);
    expect(pausedByOperator(paused, '2026-05-02')).toBe(paused);
  });

  test('takes over a pause of the dates, which are past deciding then', () => {
    const byDates = on(tenantOf(), '2027-01-01');
    const taken = pausedByOperator(byDates, '2027-01-03');
    expect(life(taken)).toEqual(['paused', 'operator', '2027-01-01']);
    expect(on({ ...taken, paidThrough: '2027-12-31' }, '2027-01-04')).toEqual({
      ...taken,
      paidThrough: '2027-12-31',
    });
  });

  test('resumes whoever was paused by whomever', () => {
    expect(life(resumedByOperator(on(tenantOf(), '2027-01-01')))).toEqual(['active', null, null]);
  });
});
