import { expect, test } from '@jest/globals';
import { reviewMarkdown } from '@tenantry/plan';
import type { Transition } from '@tenantry/tenants';
import { pullRequest } from '../lib/dist/pull-request.ts';

function transition(id: string, to: Transition['to']): Transition {
  const from = to === 'active' ? 'paused' : 'active';
  return { id, from, to, pausedSince: '2026-11-20', why: 'paid through 2026-11-19' };
}

/** As long as `pnpm review --markdown` makes it. */
function longReview(): string {
  const sections = Array.from({ length: 3000 }, (_, at) => {
    const fields = [{ path: 'spec.x', from: 0, to: 'x'.repeat(500) }];
    const change = {
      kind: 'update',
      object: `v1 Pod a/${at}`,
      fields,
      lines: [],
      risks: [],
    } as const;
    const none = { plan: null, figures: [], without: [] };
    return { kind: 'changed', ...none, tenants: [`t${at}`], changes: [change] } as const;
  });
  return reviewMarkdown(
    { base: 'main', tenants: { before: 3000, after: 3000 }, sections, notes: [] },
    { printable: (text) => text, command: 'pnpm review main' },
  );
}

test('a pull request has a title, what decides most first, and who is held back', () => {
  const held = { transition: transition('zoe', 'active'), reason: 'host.capacity.cpu is 1' };
  const possible = [
    transition('alice', 'active'),
    transition('bob', 'paused'),
    transition('carol', 'offboarding'),
  ];
  const [title, empty, ...body] = pullRequest({ possible, held: [held] }, '2026-11-29').split('\n');
  expect(title).toBe('Lifecycle: 3 due on 2026-11-29, 1 held back');
  expect(empty).toBe('');
  expect(body.filter((line) => line.startsWith('    '))).toEqual([
    expect.stringMatching(/^ {4}carol: active → offboarding: /),
    expect.stringMatching(/^ {4}bob: active → paused: /),
    expect.stringMatching(/^ {4}alice: paused → active: /),
    expect.stringMatching(
      /^ {4}zoe: stays paused, active is due \(.*\): no room: host\.capacity\.cpu is 1; /,
    ),
  ]);
});

test('a long one with a long review below it is still what GitHub takes, and says how many are not shown', () => {
  const many = (to: Transition['to']) =>
    Array.from({ length: 5000 }, (_, index) => transition(`tenant-${index}-${'é'.repeat(9)}`, to));
  const held = many('active').map((each) => ({
    transition: each,
    reason: 'host.capacity.cpu is 1',
  }));
  const text = pullRequest(
    { possible: [...many('paused'), ...many('offboarding')], held },
    '2026-11-29',
  );
  expect(Buffer.byteLength(`${text}\n\n${longReview()}`)).toBeLessThan(65_536);
  const shown = text.split('\n').filter((line) => line.startsWith('    '));
  const counts = [...text.matchAll(/^(\d+) of (\d+) are not shown here/gm)].map(([, cut, all]) => [
    Number(cut),
    Number(all),
  ]);
  expect(counts.map(([, all]) => all)).toEqual([10_000, 5000]);
  expect(shown.length + counts.reduce((sum, [cut = 0]) => sum + cut, 0)).toBe(15_000);
  // The ends of tenants are what a person has to see.
  expect(shown[0]).toContain('offboarding');
});
