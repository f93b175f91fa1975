import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { poll } from '../lib/kube/wait.ts';
import { createGracePeriod, isRolledOut, objectsOf } from '../lib/kube/rollout.ts';

function workload(kind: string, replicas: number, status: object, generation = 2): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'a', generation },
    spec: { replicas },
    status,
  };
}

describe('a workload is rolled out', () => {
  test.each([
    [
      'a Deployment with its one new pod available',
      workload('Deployment', 1, {
        observedGeneration: 2,
        replicas: 1,
        updatedReplicas: 1,
        availableReplicas: 1,
      }),
    ],
    [
      'a StatefulSet with its one pod ready',
      workload('StatefulSet', 1, {
        observedGeneration: 2,
        replicas: 1,
        updatedReplicas: 1,
        readyReplicas: 1,
      }),
    ],
    ['a StatefulSet of none', workload('StatefulSet', 0, { observedGeneration: 2, replicas: 0 })],
  ])('%s', (_, object) => expect(isRolledOut(object)).toBe(true));

  test.each([
    [
      'not where the controller has not seen the change',
      workload('Deployment', 1, {
        observedGeneration: 1,
        replicas: 1,
        updatedReplicas: 1,
        availableReplicas: 1,
      }),
    ],
    [
      'not while the old pod is there',
      workload('Deployment', 1, {
        observedGeneration: 2,
        replicas: 2,
        updatedReplicas: 1,
        availableReplicas: 1,
      }),
    ],
    [
      'not before the new pod is available',
      workload('Deployment', 1, { observedGeneration: 2, replicas: 1, updatedReplicas: 1 }),
    ],
    ['not without a status', workload('StatefulSet', 1, {})],
  ])('%s', (_, object) => expect(isRolledOut(object)).toBe(false));
});

test('of a workload are its pods and what is told of them, not what else runs beside it', () => {
  const labels = { app: 'web' };
  const web = { ...workload('Deployment', 1, {}), spec: { selector: { matchLabels: labels } } };
  const pod = (name: string, has: Readonly<Record<string, string>>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: has },
  });
  const event = (of: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `event of ${of}` },
    involvedObject: { name: of },
  });
  const own = [web, pod('a-1', { ...labels, more: 'x' }), event('a-1'), event('a')];
  const others = [pod('b', { app: 'b' }), event('b'), event('ab'), workload('StatefulSet', 1, {})];
  expect(objectsOf(web, [...own, ...others])).toEqual(own);
});

test('the grace period is over only where there was a cause all along', () => {
  let now = 0;
  const gracePeriod = createGracePeriod(() => now, 10);
  expect(gracePeriod.isOver(['quota'])).toBe(false);
  now = 9;
  expect(gracePeriod.isOver(['image'])).toBe(false);
  expect(gracePeriod.isOver([])).toBe(false);
  now = 10;
  expect(gracePeriod.isOver(['quota'])).toBe(false);
  now = 20;
  expect(gracePeriod.isOver(['quota'])).toBe(true);
});

describe('a wait', () => {
  const options = { what: 'tea', timeoutSeconds: 0.02, intervalMilliseconds: 1 };

  test('ends with its result', async () => {
    let looks = 0;
    const look = async () =>
      (looks += 1) < 3
        ? ({ done: false, diagnostics: '' } as const)
        : ({ done: true, result: 'tea' } as const);
    expect(await poll(look, { ...options, timeoutSeconds: 10 })).toBe('tea');
  });

  test('ends at its deadline, with what there was to see', async () => {
    const look = async () => ({ done: false, diagnostics: 'kettle: cold\npot: empty' }) as const;
    await expect(poll(look, options)).rejects.toThrow(
      'tea: not within 0.02 s\n    kettle: cold\n    pot: empty',
    );
  });

  test('ends at once where cannot succeed', async () => {
    const look = async () => ({ done: false, diagnostics: 'no kettle', terminal: true }) as const;
    await expect(poll(look, options)).rejects.toThrow('tea: cannot succeed\n    no kettle');
  });

  test('ends when the user interrupts', async () => {
    const controller = new AbortController();
    const look = async () => {
      controller.abort(new Error('stop'));
      return { done: false, diagnostics: '' } as const;
    };
    await expect(poll(look, { ...options, signal: controller.signal })).rejects.toThrow();
  });
});
