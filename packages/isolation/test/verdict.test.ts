import { describe, expect, test } from '@jest/globals';
import type { Outcome, Probe } from '../src/probe.ts';
import { evaluate, orphanProbes } from '../src/verdict.ts';

const control: Probe = {
  id: 'bob/network/app-pod',
  kind: 'network',
  tenant: 'bob',
  attempt: 'own pod',
  expected: 'allowed',
  controls: [],
};
const probe: Probe = {
  ...control,
  id: 'alice/network/app-pod@bob',
  tenant: 'alice',
  attempt: "bob's pod",
  expected: 'refused',
  controls: [control.id],
};
const seen = (id: string, what: Outcome['seen'], detail = ''): Outcome => ({
  id,
  seen: what,
  detail,
});

function verdicts(outcomes: readonly Outcome[], probes: readonly Probe[] = [control, probe]) {
  return evaluate(probes, outcomes).map(({ verdict }) => verdict);
}

describe('a verdict', () => {
  test('on a refusal is ok only where an allowed client was answered', () => {
    const refused = seen(probe.id, 'refused', 'ECONNREFUSED');
    expect(verdicts([seen(control.id, 'allowed'), refused])).toEqual(['ok', 'ok']);
    expect(verdicts([seen(control.id, 'refused'), refused])).toEqual(['broken', 'skipped']);
    expect(verdicts([seen(control.id, null), refused])).toEqual(['skipped', 'skipped']);
    expect(verdicts([refused])).toEqual(['skipped', 'skipped']);
  });

  test('says why a refusal proves nothing', () => {
    const [, row] = evaluate([control, probe], [seen(probe.id, 'refused', 'ECONNREFUSED')]);
    expect(row?.detail).toBe('proves nothing: bob/network/app-pod was not allowed');
  });

  test('is open where it comes through, whatever its control', () => {
    expect(verdicts([seen(probe.id, 'allowed')])).toEqual(['skipped', 'open']);
  });

  test('is never a pass for what was not run', () => {
    expect(verdicts([seen(control.id, 'allowed'), seen(probe.id, null, 'no pod')])).toEqual([
      'ok',
      'skipped',
    ]);
    expect(verdicts([])).toEqual(['skipped', 'skipped']);
  });

  test('without a control is by policy', () => {
    expect(verdicts([seen(probe.id, 'refused')], [{ ...probe, controls: [] }])).toEqual(['policy']);
  });

  test('takes all of several controls', () => {
    const both = { ...probe, controls: ['other', control.id] };
    const other = { ...control, id: 'other' };
    const outcomes = [seen(control.id, 'allowed'), seen(probe.id, 'refused')];
    expect(verdicts(outcomes, [control, other, both])).toEqual(['ok', 'skipped', 'skipped']);
    expect(verdicts([...outcomes, seen('other', 'allowed')], [control, other, both])).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });

  test('is refused to two probes of one name', () => {
    expect(() => evaluate([control, control], [])).toThrow(
      'two probes are called bob/network/app-pod',
    );
  });
});

test('who is live and not in dist/ is a row that was skipped', () => {
  const [rows, outcomes] = orphanProbes(['alice', 'zoe'], [{ id: 'alice' }]);
  expect(rows.map(({ id }) => id)).toEqual(['zoe/host/orphan']);
  expect(outcomes).toEqual([
    { id: 'zoe/host/orphan', seen: null, detail: 'live, but not in dist/' },
  ]);
});
