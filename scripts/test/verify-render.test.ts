import { describe, expect, test } from '@jest/globals';
import { count, evaluate, type Outcome, type Probe } from '@tenantry/isolation';
import { renderCounts, renderRows } from '../lib/verify/render.ts';
import { exitCode } from '../lib/verify/run.ts';

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

test('people get a table by kind, with what is wrong in capitals, and counts', () => {
  const rows = evaluate(
    [probe, control],
    [seen(control.id, 'allowed'), seen(probe.id, 'allowed', 'connected')],
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
