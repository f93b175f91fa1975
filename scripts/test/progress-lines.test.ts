import { describe, expect, test } from '@jest/globals';
import { eventSchema, type ProgressEvent } from '../lib/progress/event.ts';
import { Progress } from '../lib/progress/progress.ts';
import {
  githubRenderer,
  jsonRenderer,
  lineRenderer,
  type Renderer,
  type Streams,
} from '../lib/progress/renderer.ts';

const time = '2026-11-26T02:20:00.000Z';
const created = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ done: 'created', text: `Pod/p${index} created` }));

/** What a renderer writes of some events; `err` and `out` in their order. */
function shown(
  rendererOf: (streams: Streams) => Renderer,
  events: readonly ProgressEvent[],
): { readonly out: string; readonly err: string } {
  const written = { out: '', err: '' };
  const progress = new Progress();
  const renderer = rendererOf({
    out: (text) => (written.out += text),
    err: (text) => (written.err += text),
  });
  for (const event of events) {
    expect(eventSchema.parse(event)).toEqual(event);
    progress.see(event);
    renderer.show(event, progress);
  }
  return written;
}

const step = { event: 'step', time, tenant: 'alice', step: 'control plane' } as const;

test('a line for each change of state: what is waited for, and how long a step took', () => {
  const { out, err } = shown(lineRenderer, [
    { event: 'tenants', time, tenants: ['alice', 'bob'] },
    { ...step, state: 'running' },
    { ...step, state: 'waiting', waitsFor: 'pod tenant-alice-0: Pending' },
    { ...step, state: 'done', seconds: 23.12 },
    { event: 'step', time, tenant: null, step: 'load image', state: 'running' },
    { event: 'step', time, tenant: null, step: 'load image', state: 'failed', seconds: 1 },
    { event: 'step', time, tenant: null, step: 'Docker', state: 'skipped', why: 'running' },
  ]);
  expect(out).toBe('');
  expect(err).toBe(
    [
      '· alice: control plane: pod tenant-alice-0: Pending',
      '✓ alice: control plane (23.1 s)',
      '· load image …',
      '✗ load image (1.0 s)',
      '- Docker: running',
      '',
    ].join('\n'),
  );
});

test('a wave is told when it begins, when it ends, and when it will not begin', () => {
  const wave = { event: 'wave' as const, time, wave: 'early', tenants: ['alice', 'bob'] };
  const { out, err } = shown(lineRenderer, [
    { ...wave, state: 'running' },
    { ...wave, state: 'failed' },
    { ...wave, wave: 'rest', tenants: ['carol'], state: 'held back' },
  ]);
  expect(out).toBe('');
  expect(err).toBe(
    '· wave early (2 tenants) …\n✗ wave early (2 tenants): failed\n✗ wave rest (1 tenant): held back\n',
  );
});

const alice = { event: 'tenant', time, tenant: 'alice', seconds: 40.2 } as const;
const done = { ...alice, state: 'done', answer: 'Hello' } as const;
const failed = { ...alice, state: 'failed', error: 'rollout: cannot succeed\n    pod x' } as const;

test('many objects are counted, few are named', () => {
  const changes = [
    ...created(27),
    { done: null, text: 'vcluster: installed' },
    { done: 'changed', text: 'ResourceQuota/a changed' },
  ];
  expect(shown(lineRenderer, [{ ...done, changes }]).out).toBe(
    'alice: 27 created, vcluster: installed, ResourceQuota/a changed (40.2 s)\nalice: Hello\n',
  );
});

test('what was done before a failure is a result; the failure is said at once, with how far all is', () => {
  const bob = { ...done, tenant: 'bob', changes: [] };
  const events = [
    { event: 'tenants' as const, time, tenants: ['alice', 'bob'] },
    { ...failed, changes: created(1) },
    bob,
  ];
  expect(shown(lineRenderer, events)).toEqual({
    out: 'alice: Pod/p0 created (40.2 s), then it failed\nbob: nothing changed (40.2 s)\nbob: Hello\n',
    err: '✗ alice: rollout: cannot succeed: pod x\n· 1 of 2 tenants, 1 failed\n· 2 of 2 tenants, 1 failed\n',
  });
});

describe('GitHub Actions', () => {
  test('folds the objects that a line only counts', () => {
    const { err } = shown(githubRenderer, [{ ...done, changes: created(4) }]);
    expect(err).toBe(
      '::group::alice: 4 created (40.2 s)\n' +
        'Pod/p0 created\nPod/p1 created\nPod/p2 created\nPod/p3 created\n::endgroup::\n',
    );
  });

  test('lists a failure, in which no text of a tenant ends the command or begins another', () => {
    const error = '100%, "a:b"\r\n::error::forged\n##[warning]forged \u001B[2J';
    const { err } = shown(githubRenderer, [{ ...failed, error, changes: [] }]);
    const [said, command, ...rest] = err.split('\n');
    expect([said, rest]).toEqual(['✗ alice: 100%, "a:b": ::error::forged', ['']]);
    expect(command).toBe(
      '::error title=alice::100%25, "a:b"%0A\\u003a:error::forged%0A\\u0023#[warning]forged \\u001b[2J',
    );
  });

  test('takes no command out of any other line', () => {
    const { out, err } = shown(githubRenderer, [
      { event: 'result', time, text: '::stop-commands::x' },
      { ...step, state: 'waiting', waitsFor: 'x\n::set-output name=a::b' },
      { ...done, answer: 'a\n::error::b', changes: [] },
    ]);
    expect(`${out}${err}`).not.toMatch(/^\s*::/m);
  });

  test('lists what stopped the command where no tenant did', () => {
    const summary = { event: 'summary', time, exitCode: 1, seconds: 1 } as const;
    const counts = { tenants: 0, done: 0, changed: 0, failed: 0, left: [] };
    const error = 'no host\n  → pnpm cluster';
    expect(shown(githubRenderer, [{ ...summary, ...counts, error }]).err).toBe(
      '::error::no host%0A  → pnpm cluster\n',
    );
  });
});

test('as JSON every event is a line that means the same', () => {
  const events: readonly ProgressEvent[] = [
    { ...step, state: 'waiting', waitsFor: 'a\nb \u001B[2J ::x' },
    { ...done, changes: created(2) },
  ];
  const { out, err } = shown(jsonRenderer, events);
  expect(err).toBe('');
  expect(out).not.toContain('\u001B');
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(events);
});
