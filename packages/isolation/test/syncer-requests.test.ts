import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { asDryRun } from '../src/syncer-request.ts';
import { syncerControls, syncerRequests } from '../src/syncer-requests.ts';

const NAMESPACE = 'vcluster-tenant-alice';
const object = (kind: string, name: string, rest: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name,
    namespace: NAMESPACE,
    labels: { 'vcluster.loft.sh/managed-by': 'tenant-alice' },
  },
  ...rest,
});
const containers = [{ name: 'c', image: 'i' }];
const targets = {
  id: 'alice',
  namespace: NAMESPACE,
  pod: object('Pod', 'app-x', { spec: { containers }, status: { podIP: '10.0.0.1' } }),
  controlPlane: object('Pod', 'tenant-alice-0', { spec: { containers }, status: {} }),
  statefulSet: object('StatefulSet', 'tenant-alice', {
    spec: { template: { spec: { containers } } },
  }),
  service: object('Service', 'fixture-public-x', { spec: { ports: [{ port: 3000 }] } }),
  apiService: object('Service', 'tenant-alice', { spec: { ports: [{ port: 443 }] } }),
  claim: object('PersistentVolumeClaim', 'claim', { spec: { storageClassName: 'standard' } }),
  releaseRecord: {
    namespace: 'vcluster-tenant-alice',
    name: 'sh.helm.release.v1.tenant-alice.v1',
  },
  foreignAddress: '10.0.0.9',
};
const requests = syncerRequests(targets);
const byName = new Map(requests.map((request) => [request.name, request]));

describe('what a syncer in the wrong hands asks for', () => {
  test('has names of its own, and controls that are asked for too', () => {
    expect(byName.size).toBe(requests.length);
    const controls = new Set(syncerControls(targets).map(({ name }) => name));
    for (const { name, controls: own } of requests) {
      expect([name, own.length]).not.toEqual([name, 0]);
      for (const control of own) expect([name, controls.has(control)]).toEqual([name, true]);
    }
  });

  test('is about its own namespace, but for what is the host’s', () => {
    const elsewhere = requests.filter(({ request }) => !request.path.includes(NAMESPACE));
    expect(elsewhere.map(({ name }) => name).sort()).toEqual([
      'kube-system',
      'read-namespaces',
      'read-nodes',
      'read-pods',
    ]);
  });

  test.each([
    ['status-pod-ip', { status: { podIP: '10.0.0.9', podIPs: [{ ip: '10.0.0.9' }] } }],
    ['claim-volume', { spec: { storageClassName: 'standard', volumeName: 'tenantry-verify' } }],
    ['control-plane-image', { spec: { containers: [{ name: 'c', image: 'tenantry-verify' }] } }],
  ])('%s differs from what is there in what is tried alone', (name, change) => {
    const request = byName.get(name)?.request;
    const target = [targets.pod, targets.claim, targets.controlPlane].find(({ metadata }) =>
      request?.path.includes(`/${metadata.name}`),
    );
    expect(request?.body).toEqual({ ...target, ...change });
  });

  test('a pod is unmarked by the one label that policies go by', () => {
    expect(byName.get('unmark')?.request.body).toEqual({
      ...targets.pod,
      metadata: { ...targets.pod.metadata, labels: {} },
    });
  });

  test('where there is no Helm record, none is changed', () => {
    const without = syncerRequests({ ...targets, releaseRecord: null });
    expect(without.map(({ name }) => name)).not.toContain('helm-change');
  });

  test('is a dry run, all of it: a deletion by its body, which a server reads instead of the query', () => {
    const all = [...syncerControls(targets), ...requests].map(({ request }) => request);
    expect(all.some(({ method, body }) => method === 'DELETE' && body !== undefined)).toBe(true);
    for (const request of all) {
      const { method, path, body } = asDryRun(request);
      if (method === 'GET') continue;
      if (method === 'DELETE') expect(body).toMatchObject({ ...request.body, dryRun: ['All'] });
      else expect(path).toMatch(/\?dryRun=All&/);
    }
  });
});
