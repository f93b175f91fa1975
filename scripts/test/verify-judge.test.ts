import { describe, expect, test } from '@jest/globals';
import { count, exitCode, judge } from '../lib/verify/verdict.ts';
import { pairsOf } from '../lib/verify/pairs.ts';
import type { Outcome, Probe } from '../lib/verify/probe.ts';
import { renderCounts, renderRows } from '../lib/verify/render.ts';

const twin: Probe = {
  id: 'bob/network/app-pod',
  kind: 'network',
  tenant: 'bob',
  attempt: 'own pod',
  expected: 'allowed',
  twins: [],
};
const probe: Probe = {
  ...twin,
  id: 'alice/network/app-pod@bob',
  tenant: 'alice',
  attempt: "bob's pod",
  expected: 'refused',
  twins: [twin.id],
};
const seen = (id: string, what: Outcome['seen'], detail = ''): Outcome => ({
  id,
  seen: what,
  detail,
});

function verdicts(outcomes: readonly Outcome[], probes: readonly Probe[] = [twin, probe]) {
  return judge(probes, outcomes).map(({ verdict }) => verdict);
}

describe('a verdict', () => {
  test('on a refusal is ok only where an allowed client was answered', () => {
    const refused = seen(probe.id, 'refused', 'ECONNREFUSED');
    expect(verdicts([seen(twin.id, 'allowed'), refused])).toEqual(['ok', 'ok']);
    expect(verdicts([seen(twin.id, 'refused'), refused])).toEqual(['broken', 'skipped']);
    expect(verdicts([seen(twin.id, null), refused])).toEqual(['skipped', 'skipped']);
    expect(verdicts([refused])).toEqual(['skipped', 'skipped']);
  });

  test('says why a refusal proves nothing', () => {
    const [, row] = judge([twin, probe], [seen(probe.id, 'refused', 'ECONNREFUSED')]);
    expect(row?.detail).toBe('proves nothing: bob/network/app-pod was not allowed');
  });

  test('is open where it comes through, whatever its twin', () => {
    expect(verdicts([seen(probe.id, 'allowed')])).toEqual(['skipped', 'open']);
  });

  test('is never a pass for what was not run', () => {
    expect(verdicts([seen(twin.id, 'allowed'), seen(probe.id, null, 'no pod')])).toEqual([
      'ok',
      'skipped',
    ]);
    expect(verdicts([])).toEqual(['skipped', 'skipped']);
  });

  test('without a twin is by policy', () => {
    expect(verdicts([seen(probe.id, 'refused')], [{ ...probe, twins: [] }])).toEqual(['policy']);
  });

  test('takes any of several twins', () => {
    const either = { ...probe, twins: ['nobody', twin.id] };
    const outcomes = [seen(twin.id, 'allowed'), seen(probe.id, 'refused')];
    expect(verdicts(outcomes, [twin, either])).toEqual(['ok', 'ok']);
  });

  test('is refused to two probes of one name', () => {
    expect(() => judge([twin, twin], [])).toThrow('two probes are called bob/network/app-pod');
  });
});

describe('the exit code', () => {
  const none = { ok: 5, policy: 1, open: 0, broken: 0, skipped: 0 };
  test.each([
    [none, 0],
    [{ ...none, open: 1 }, 1],
    [{ ...none, broken: 1 }, 1],
    [{ ...none, skipped: 1 }, 3],
    [{ ...none, open: 1, skipped: 1 }, 1],
  ])('of %j is %i', (counts, code) => expect(exitCode(counts)).toBe(code));
});

describe('pairs', () => {
  test('are all there are where the neighbours suffice', () => {
    expect(pairsOf(['a', 'b', 'c'], 5)).toHaveLength(6);
    expect(pairsOf(['a'], 5)).toEqual([]);
    expect(pairsOf([], 5)).toEqual([]);
  });

  test('are a ring where there are many: each tries as many as try it', () => {
    const ids = Array.from({ length: 20 }, (_, index) => `t${index}`);
    const pairs = pairsOf(ids, 3);
    expect(pairs).toHaveLength(60);
    for (const id of ids) {
      expect(pairs.filter(({ from }) => from === id)).toHaveLength(3);
      expect(pairs.filter(({ to }) => to === id)).toHaveLength(3);
    }
    expect(pairs.every(({ from, to }) => from !== to)).toBe(true);
  });

  test('of one tenant are those from it and to it', () => {
    expect(pairsOf(['a', 'b', 'c'], 5, ['b'])).toEqual([
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'b', to: 'a' },
      { from: 'c', to: 'b' },
    ]);
  });
});

test('people get a table by kind, with what is wrong in capitals, and counts', () => {
  const rows = judge(
    [probe, twin],
    [seen(twin.id, 'allowed'), seen(probe.id, 'allowed', 'connected')],
  );
  expect(renderRows(rows)).toBe(
    [
      'Packets',
      'TENANT  PROBE      EXPECTED  VERDICT  SEEN',
      "alice   bob's pod  refused   OPEN     allowed: connected",
      'bob     own pod    allowed   ok       allowed',
      '',
    ].join('\n'),
  );
  expect(renderCounts(count(rows))).toBe(
    '2 run: 1 as expected (0 of them by policy), 1 open, 0 broken; 0 skipped',
  );
});
