import { expect, test } from '@jest/globals';
import { App } from 'cdk8s';
import { WorkloadChart } from '../src/chart.ts';

// Objects are looked at as any Kubernetes client would see them; their types are not ours.
// oxlint-disable-next-line typescript/no-explicit-any
function objectsOf(nodePort: 'open' | 'closed' = 'closed'): any[] {
  const tenant = { id: 'alice', name: 'Alice', nodePort, settings: {} };
  const images = { whoami: 'tenantry/whoami:0123456789ab' };
  return new WorkloadChart(new App(), 'workload', { tenant, images }).toJson();
}

const [configMap, deployment, service] = objectsOf();
const pod = deployment.spec.template;
const [container] = pod.spec.containers;

test('lies in namespace default under the names that were asked for', () => {
  const named = [configMap, deployment, service].map(({ apiVersion, kind, metadata }) => [
    apiVersion,
    kind,
    metadata.namespace,
    metadata.name,
  ]);
  expect(named).toEqual([
    ['v1', 'ConfigMap', 'default', 'tenant-id'],
    ['apps/v1', 'Deployment', 'default', 'simple-app'],
    ['v1', 'Service', 'default', 'simple-service'],
  ]);
});

test('has its name from key TENANT_ID of ConfigMap tenant-id and nothing else', () => {
  expect(configMap.data).toEqual({ TENANT_ID: 'Alice' });
  expect(container.env).toEqual([
    {
      name: 'TENANT_ID',
      valueFrom: { configMapKeyRef: { name: 'tenant-id', key: 'TENANT_ID' } },
    },
  ]);
  expect(container.envFrom).toBeUndefined();
});

test('runs once, labelled app: simple-app, which both Deployment and Service select by', () => {
  expect(deployment.spec.replicas).toBe(1);
  expect(pod.metadata.labels).toEqual({ app: 'simple-app' });
  expect(deployment.spec.selector).toEqual({ matchLabels: { app: 'simple-app' } });
  expect(service.spec.selector).toEqual({ app: 'simple-app' });
});

test('is reached by a NodePort service from 3000 to 3000, on no node port of our choice', () => {
  expect(service.spec.type).toBe('NodePort');
  expect(service.spec.ports).toEqual([{ port: 3000, targetPort: 3000 }]);
  expect(container.ports).toEqual([{ containerPort: 3000 }]);
  expect(service.spec.externalIPs ?? []).toEqual([]);
});

test('passes no client on from node to node, where its address would be lost', () => {
  expect(service.spec.externalTrafficPolicy).toBe('Local');
});

test('is open to clients outside the cluster where the plan says so', () => {
  expect(objectsOf('open').at(-1).spec).not.toHaveProperty('externalTrafficPolicy');
});

test('runs the pinned image, which is not pulled where it was loaded', () => {
  expect(pod.spec.containers).toHaveLength(1);
  expect(container.image).toBe('tenantry/whoami:0123456789ab');
  expect(container.imagePullPolicy).toBe('IfNotPresent');
});

test('replaces its pod without a gap, and is asked whether it is ready', () => {
  expect(deployment.spec.strategy).toEqual({
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
  });
  expect(container.readinessProbe.httpGet).toMatchObject({ path: '/readyz', port: 3000 });
  expect(container.livenessProbe.httpGet).toMatchObject({ path: '/livez', port: 3000 });
});

test('asks for little and may use little', () => {
  expect(container.resources).toEqual({
    requests: { cpu: '10m', memory: '48Mi', 'ephemeral-storage': '16Mi' },
    limits: { cpu: '250m', memory: '128Mi', 'ephemeral-storage': '1Gi' },
  });
});

test('passes Pod Security restricted', () => {
  expect(pod.spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
  });
  expect(pod.spec).toMatchObject({ hostNetwork: false });
  expect(pod.spec).not.toHaveProperty('hostPID');
  expect(pod.spec).not.toHaveProperty('volumes');
});

test('has no token and no service addresses in its environment', () => {
  expect(pod.spec).toMatchObject({
    automountServiceAccountToken: false,
    enableServiceLinks: false,
  });
});
