import { describe, expect, test } from '@jest/globals';
import { diagnose, diagnostics } from '../src/diagnose.ts';
import type { KubeObject } from '../src/kube-object.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

function pod(status: object, name = 'fixture-app-1'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'app', image: 'tenantry/app:none' }] },
    status,
  };
}

function warning(
  message: string,
  secondsAgo: number,
  kind = 'ReplicaSet',
  name = 'fixture-app',
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.1` },
    type: 'Warning',
    reason: 'FailedCreate',
    message,
    lastTimestamp: new Date(NOW - secondsAgo * 1000).toISOString(),
    involvedObject: { kind, name },
  };
}

function waiting(reason: string, restartCount = 0): object {
  return {
    containerStatuses: [
      { name: 'app', ready: false, restartCount, state: { waiting: { reason } } },
    ],
  };
}

describe('cannot succeed', () => {
  test.each([
    'ErrImageNeverPull',
    'ErrImagePull',
    'ImagePullBackOff',
    'InvalidImageName',
    'CreateContainerConfigError',
  ])('where a container waits for %s, which is named with its image', (reason) => {
    const { causes, terminal } = diagnose([pod(waiting(reason))], NOW);
    expect(terminal).toBe(true);
    expect(causes).toEqual([
      `pod fixture-app-1: container app: ${reason} (image tenantry/app:none)`,
    ]);
  });

  test('where a pod fits on no node', () => {
    const conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/1 nodes: Insufficient cpu.',
      },
    ];
    expect(diagnose([pod({ conditions })], NOW).causes).toEqual([
      'pod fixture-app-1: unschedulable: 0/1 nodes: Insufficient cpu.',
    ]);
  });

  test.each(['exceeded quota: tenant-alice', 'violates PodSecurity "restricted:v1.34"'])(
    'where a controller just said: %s',
    (message) => {
      expect(diagnose([warning(message, 3)], NOW).causes).toEqual([
        `ReplicaSet fixture-app: ${message}`,
      ]);
    },
  );

  test('where a Deployment says that it may not make its pods', () => {
    const deployment: KubeObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'fixture-app' },
      status: {
        conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }],
      },
    };
    expect(diagnose([deployment], NOW)).toEqual({
      causes: ['Deployment fixture-app: exceeded quota'],
      terminal: true,
    });
  });

  test('where a container has crashed again and again', () => {
    expect(diagnose([pod(waiting('CrashLoopBackOff', 3))], NOW).terminal).toBe(true);
  });
});

describe('a refusal of a pod', () => {
  const refusal = warning('is forbidden', 1, 'Pod', 'fixture-app-1');

  test('counts while the pod has not been made', () => {
    expect(diagnose([refusal, pod({ phase: 'Pending' })], NOW).terminal).toBe(true);
  });

  test('and not when it was made all the same', () => {
    expect(diagnose([refusal, pod({ phase: 'Running' })], NOW).terminal).toBe(false);
  });
});

describe('there is hope', () => {
  test.each([
    ['a container is being made', pod(waiting('ContainerCreating'))],
    ['a container has crashed once', pod(waiting('CrashLoopBackOff', 1))],
    ['a refusal is of a minute ago', warning('exceeded quota', 60)],
    ['a refusal is of a pod that is gone', warning('is forbidden', 1, 'Pod', 'gone')],
    ['a warning is about something else', warning('Readiness probe failed', 1)],
  ])('where %s', (_, object) => {
    expect(diagnose([object], NOW).terminal).toBe(false);
  });

  test('where the stuck pod is being deleted', () => {
    const old = pod(waiting('ImagePullBackOff'));
    const deleted = {
      ...old,
      metadata: { ...old.metadata, deletionTimestamp: '2026-11-23T11:59:00Z' },
    };
    expect(diagnose([deleted], NOW).terminal).toBe(false);
  });
});

test('the diagnostics name causes, pods and the newest warnings', () => {
  const seen = [pod(waiting('ErrImagePull')), warning('older', 50), warning('newer', 40)];
  expect(diagnostics(seen, NOW).split('\n')).toEqual([
    'pod fixture-app-1: container app: ErrImagePull (image tenantry/app:none)',
    'pod fixture-app-1: Unknown; app ErrImagePull',
    'event ReplicaSet/fixture-app FailedCreate: newer',
    'event ReplicaSet/fixture-app FailedCreate: older',
  ]);
});
