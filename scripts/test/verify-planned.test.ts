import { describe, expect, test } from '@jest/globals';
import { evaluate, probeOf, type ProbeResults, resultOf } from '@tenantry/isolation';
import { PARTS, plannedProbes } from '../lib/verify/planned.ts';
import { RunRecord } from '../lib/verify/record.ts';

const all = PARTS.flatMap((part) => plannedProbes(part, 'alice', ['bob', 'carol']));

describe('what is planned for a tenant', () => {
  test('has names of its own, and controls that are planned too', () => {
    const byId = new Map(all.map((probe) => [probe.id, probe]));
    expect(byId.size).toBe(all.length);
    for (const { id, controls } of all)
      for (const control of controls)
        expect([id, byId.get(control)?.expected]).toEqual([id, 'allowed']);
  });

  test('has every attack on the host that a syncer in the wrong hands would try', () => {
    const host = all.filter(({ id, expected }) => id.includes('/host/') && expected === 'refused');
    expect(host.length).toBeGreaterThan(80);
  });
});

describe('a part that is lost', () => {
  const part = { kind: 'hostile', tenant: 'alice', name: 'secrets' } as const;
  const planned = plannedProbes('secrets', 'alice', ['bob']);
  const rows = (record: RunRecord) =>
    evaluate(
      record.results.map(({ probe }) => probe),
      record.results.map(({ outcome }) => outcome),
    );

  test('is counted and named, probe by probe, and is no pass', async () => {
    const record = new RunRecord();
    await record.run({ ...part, planned }, () => Promise.reject(new Error('webhook said no')));
    const found = rows(record);
    expect(found.map(({ id }) => id)).toEqual(planned.map(({ id }) => id));
    expect(new Set(found.map(({ verdict }) => verdict))).toEqual(new Set(['skipped']));
    expect(found[0]?.detail).toContain('webhook said no');
  });

  test('in half leaves the other half', async () => {
    const record = new RunRecord();
    const [first] = planned;
    if (first === undefined) throw new Error('nothing is planned');
    await record.run({ ...part, planned }, () => Promise.resolve([resultOf(first, 'allowed')]));
    expect(rows(record).map(({ verdict }) => verdict)).toEqual([
      'ok',
      ...planned.slice(1).map(() => 'skipped'),
    ]);
  });

  test('without a plan is a row of its own', async () => {
    const record = new RunRecord();
    await record.run(part, (): Promise<ProbeResults> => Promise.reject(new Error('no')));
    expect(rows(record)).toMatchObject([{ id: 'alice/hostile/secrets', verdict: 'skipped' }]);
  });

  test('with two probes of one name is a fault of ours, and loud', async () => {
    const record = new RunRecord();
    const twice = resultOf(
      probeOf('host', 'alice', { name: 'x', attempt: 'x', expected: 'refused' }),
      'refused',
    );
    await record.run(part, () => Promise.resolve([twice, twice]));
    expect(rows(record).at(-1)?.detail).toContain('two probes are called');
  });
});
