import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createReport } from '../lib/cli/report.ts';
import { poll } from '../lib/kube/wait.ts';
import { beginWait } from '../lib/progress/current-step.ts';
import { eventSchema, type ProgressEvent } from '../lib/progress/event.ts';

/** The events that a report tells, without what differs each time. */
function recorded(signal?: AbortSignal) {
  const events: object[] = [];
  const report = createReport((event: ProgressEvent) => {
    expect(eventSchema.parse(event)).toEqual(event);
    const { time: _time, ...rest } = event;
    events.push('seconds' in rest ? { ...rest, seconds: 0 } : rest);
  }, signal);
  return { events, report };
}

const step = { event: 'step', tenant: 'alice', step: 'rollout' };

test('a step tells the first line of what a wait inside it sees, once for as long as it is the same', async () => {
  const { events, report } = recorded();
  const start = performance.now();
  await report
    .of('alice')
    .step('rollout', () =>
      poll(
        async () =>
          performance.now() - start > 1500
            ? { done: true, result: undefined }
            : { done: false, diagnostics: '\npod a: Pending\nevent' },
        { what: 'deployment/a', timeoutSeconds: 10, intervalMilliseconds: 100 },
      ),
    );
  expect(events).toEqual([
    { ...step, state: 'running' },
    { ...step, state: 'waiting', waitsFor: 'pod a: Pending' },
    { ...step, state: 'done', seconds: 0 },
  ]);
});

test('of waits side by side the first one is told until it ends', async () => {
  const { events, report } = recorded();
  await report.of('alice').step('rollout', async () => {
    using second = beginWait('second');
    {
      using first = beginWait('first');
      await sleep(1100);
      first.sees('');
      second.sees('dns');
    }
    second.sees('dns');
  });
  const told = events.flatMap((event) => ('waitsFor' in event ? [event.waitsFor] : []));
  expect(told).toEqual(['first', 'dns']);
});

test('a step that fails is told as failed, and as interrupted where the user has stopped it', async () => {
  for (const state of ['failed', 'interrupted']) {
    const controller = new AbortController();
    const { events, report } = recorded(controller.signal);
    const fails = async () => {
      if (state === 'interrupted') controller.abort();
      throw new Error('x');
    };
    await expect(report.of('alice').step('rollout', fails)).rejects.toThrow('x');
    expect(events.at(-1)).toEqual({ ...step, state, seconds: 0 });
  }
});
