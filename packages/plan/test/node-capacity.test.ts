import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../src/kube-object.ts';
import { hasRoom } from '../src/node-capacity.ts';

function object(kind: string, name: string, rest: object = {}, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'default', ...metadata }, ...rest };
}

describe('room for a control plane', () => {
  const needed = { cpu: 20, memory: 256 * 2 ** 20 };
  const node = (cpu: string, memory: string, pods = '10', spec: object = {}) =>
    object('Node', 'n', { spec, status: { allocatable: { cpu, memory, pods } } });
  const pod = (cpu: string, memory: string, phase = 'Running') =>
    object('Pod', 'p', {
      spec: {
        nodeName: 'n',
        containers: [{ name: 'c', resources: { requests: { cpu, memory } } }],
      },
      status: { phase },
    });

  test.each([
    ['an empty node', [node('2', '4Gi')], [], true],
    ['what is left is enough', [node('100m', '512Mi')], [pod('80m', '256Mi')], true],
    ['one millicore is missing', [node('100m', '512Mi')], [pod('81m', '256Mi')], false],
    ['one millicore is left', [node('100e-3', '536870912000m')], [pod('80000u', '.25Gi')], true],
    ['memory is missing in bytes', [node('2', '5e8')], [pod('10m', '.25G')], false],
    ['memory is missing', [node('2', '512Mi')], [pod('10m', '257Mi')], false],
    [
      'a pod that has ended holds nothing',
      [node('100m', '512Mi')],
      [pod('2', '1Gi', 'Succeeded')],
      true,
    ],
    ['no more pods', [node('2', '4Gi', '1')], [pod('1m', '1Mi')], false],
    ['cordoned', [node('2', '4Gi', '10', { unschedulable: true })], [], false],
    ['tainted', [node('2', '4Gi', '10', { taints: [{ effect: 'NoSchedule' }] })], [], false],
    ['no node', [], [], false],
  ])('%s', (_, nodes, pods, room) => {
    expect(hasRoom(nodes, pods, needed)).toBe(room);
  });

  test.each([
    ['Node n: status.allocatable.memory: found "4GB"', [node('2', '4GB')], []],
    ['Node n: status.allocatable.pods: found "many"', [node('2', '4Gi', 'many')], []],
    [
      'Pod default/p: container c: resources.requests.cpu: found "a lot"',
      [node('2', '4Gi')],
      [pod('a lot', '1Gi')],
    ],
  ])('is not guessed: %s', (message, nodes, pods) => {
    expect(() => hasRoom(nodes, pods, needed)).toThrow(message);
  });

  test('what runs before the containers counts where it is more than they', () => {
    const withInit = object('Pod', 'p', {
      spec: {
        nodeName: 'n',
        containers: [{ resources: { requests: { cpu: '10m' } } }],
        initContainers: [{ resources: { requests: { cpu: '90m' } } }],
      },
    });
    expect(hasRoom([node('100m', '1Gi')], [withInit], needed)).toBe(false);
  });
});
