import { expect, test } from '@jest/globals';
import { App } from 'cdk8s';
import { WorkloadChart } from '../chart.ts';
import { workload } from '../workload.ts';

const images = { shop: 'tenantry/shop:0123456789ab', node: workload.images.node.pull };

// Objects are looked at as any Kubernetes client would see them; their types are not ours.
// oxlint-disable-next-line typescript/no-explicit-any
function objectsOf(settings: object = {}): any[] {
  const tenant = {
    id: 'alice',
    name: 'Alice',
    nodePort: 'closed' as const,
    settings: workload.settings.parse(settings),
  };
  return new WorkloadChart(new App(), 'workload', { tenant, images }).toJson();
}

const objects = objectsOf({ theme: 'dark' });
const find = (kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);

const owners = [
  find('Deployment', 'web'),
  find('StatefulSet', 'orders'),
  find('Deployment', 'packer'),
  find('CronJob', 'report').spec.jobTemplate,
];

test('is two Deployments, a StatefulSet with a volume, a CronJob, and what they need', () => {
  expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual([
    'ConfigMap/report',
    'ConfigMap/settings',
    'CronJob/report',
    'Deployment/packer',
    'Deployment/web',
    'Service/orders',
    'Service/shop',
    'StatefulSet/orders',
  ]);
  expect(find('StatefulSet', 'orders').spec.volumeClaimTemplates).toHaveLength(1);
});

test('runs the image that is built, and in the CronJob one that is named by its digest', () => {
  const used = owners.map(({ spec }) => spec.template.spec.containers[0].image);
  expect(used).toEqual([images.shop, images.shop, images.shop, images.node]);
  expect(images.node).toMatch(/@sha256:[0-9a-f]{64}$/);
});

test.each(owners.map((owner) => owner.spec.template.spec))(
  'passes Pod Security restricted, without a token: %#',
  (pod) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(pod.containers[0].securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  },
);

test('has its settings from a ConfigMap, and other ones restart the pods that read them', () => {
  expect(find('ConfigMap', 'settings').data).toMatchObject({
    SHOP_NAME: 'Alice',
    THEME: 'dark',
    CURRENCY: '€',
  });
  const template = (settings: object) =>
    objectsOf(settings).find(({ metadata }) => metadata.name === 'web').spec.template;
  expect(template({ theme: 'light' })).not.toEqual(template({ theme: 'dark' }));
});

test('its front waits for the Secrets that its settings name, and for no other', () => {
  const envOf = (settings: object) =>
    objectsOf(settings).find(({ metadata }) => metadata.name === 'web').spec.template.spec
      .containers[0].env;
  expect(envOf({})).toBeUndefined();
  expect(envOf({ secrets: ['stock'] })).toEqual([
    { name: 'STOCK_URL', valueFrom: { secretKeyRef: { name: 'stock', key: 'url' } } },
  ]);
});

test('replaces the pods of its front without a gap', () => {
  expect(find('Deployment', 'web').spec).toMatchObject({
    replicas: 2,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  });
});
