import { describe, expect, test } from '@jest/globals';
import { checkDemand } from '../src/workload-demand.ts';

const amounts = (cpu: string, memory: string) => ({ cpu, memory, 'ephemeral-storage': '16Mi' });
const resources = { requests: amounts('100m', '64Mi'), limits: amounts('200m', '128Mi') };
const stated = [{ replicas: 2, surge: 1, resources, storage: '32Mi' }];

function object(kind: string, spec: object) {
  return { apiVersion: 'v1', kind, metadata: { name: 'x' }, spec };
}

const claim = (storage: string) => ({ spec: { resources: { requests: { storage } } } });
const pod = (...containers: readonly object[]) => ({ spec: { containers } });
const template = pod({ resources });

test('what the workload says of its pods is enough for them', () => {
  checkDemand([object('Deployment', { replicas: 2, template }), object('Service', {})], stated);
  const jobTemplate = { spec: { template } };
  const small = [object('StatefulSet', { template }), object('CronJob', { jobTemplate })];
  checkDemand(small, stated);
  const volumeClaimTemplates = [claim('31Mi')];
  checkDemand([object('StatefulSet', { replicas: 2, template, volumeClaimTemplates })], stated);
});

describe('it is not where', () => {
  test.each([
    ['there are more pods', [object('Deployment', { replicas: 3, template })], '3 pods'],
    ['a second object makes some', Array(3).fill(object('Job', { template })), '3 pods'],
    [
      'a rollout makes more beside them',
      [
        object('Deployment', {
          replicas: 2,
          template,
          strategy: { rollingUpdate: { maxSurge: '100%' } },
        }),
      ],
      /2 pods .*\(surge\)/,
    ],
    [
      'a container is added',
      [object('Deployment', { replicas: 2, template: pod({ resources }, {}) })],
      'requests 220m and 192Mi, limits 900m and 768Mi (replicas)',
    ],
    [
      'an init container is bigger',
      [
        object('StatefulSet', {
          template: {
            spec: {
              containers: [],
              initContainers: [{ resources: { limits: amounts('1', '1Gi') } }],
            },
          },
        }),
      ],
      'requests 1 and 1Gi, limits 1 and 1Gi',
    ],
    [
      'it claims more of volumes',
      [object('StatefulSet', { replicas: 2, template, volumeClaimTemplates: [claim('33Mi')] })],
      'claims 66Mi of volumes, and its "pods" say 64Mi',
    ],
  ])('%s', (_, objects, message) => {
    expect(() => checkDemand(objects, stated)).toThrow(message);
  });
});
