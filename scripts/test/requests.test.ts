import { beforeEach, expect, test } from '@jest/globals';
import { type KubeObject, referenceOf } from '@tenantry/plan';
import { apiOf } from '../lib/kube/api-client.ts';
import type { KubeClient, KubeRequest } from '../lib/kube/client.ts';
import { deletePods } from '../lib/kube/delete-pods.ts';
import { put, removeAndWait } from '../lib/kube/requests.ts';
import { type FakeApi, fakeApi } from './helpers/fake-api.ts';

const WANTED: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'workload', namespace: 'n' },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
};
const REFERENCE = referenceOf(WANTED);

let api: FakeApi;
beforeEach(() => {
  api = fakeApi();
  api.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
});

test('an object of ours alone is made where it is missing, and has nothing that others added', async () => {
  await put(api.client, WANTED);
  expect(api.get(REFERENCE)?.['spec']).toEqual(WANTED['spec']);
  api.put({ ...WANTED, spec: { ...(WANTED['spec'] as object), ingress: [{}] } });
  await put(api.client, WANTED);
  expect(api.get(REFERENCE)?.['spec']).toEqual(WANTED['spec']);
  expect(api.writes).toEqual([`PATCH ${REFERENCE}`, `PUT ${REFERENCE}`]);
});

test('who writes it at the same moment is written over', async () => {
  await put(api.client, WANTED);
  let others = 2;
  const client: KubeClient = {
    ...api.client,
    send: async <T>(request: KubeRequest) => {
      if (request.method === 'PUT' && (others -= 1) >= 0) {
        api.put({ ...WANTED, spec: { round: others } });
      }
      return api.client.send<T>(request);
    },
  };
  await put(client, WANTED);
  expect(api.get(REFERENCE)?.['spec']).toEqual(WANTED['spec']);
});

test('what is deleted is waited for, and what stays is named with its finalizers', async () => {
  await removeAndWait(api.client, [WANTED], { timeoutSeconds: 1 });
  api.put({ ...WANTED, metadata: { ...WANTED.metadata, finalizers: ['example.com/x'] } });
  const stays: KubeClient = {
    ...api.client,
    send: async <T>(request: KubeRequest) =>
      request.method === 'DELETE' ? ({} as T) : api.client.send<T>(request),
  };
  await expect(removeAndWait(stays, [WANTED], { timeoutSeconds: 0.1 })).rejects.toThrow(
    `end of ${REFERENCE}: not within 0.1 s\n    ${REFERENCE} is still there: finalizers example.com/x`,
  );
});

test('pods get the grace that they are to get; one that is gone is none to end', async () => {
  const asked: KubeRequest[] = [];
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n', finalizers: ['example.com/x'] },
  };
  api.put(pod);
  const client: KubeClient = {
    ...api.client,
    send: async <T>(request: KubeRequest) => {
      asked.push(request);
      return api.client.send<T>(request);
    },
  };
  await deletePods(client, 'n', { deletions: new Map([[7, ['gone', 'p']]]), finalized: [] });
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'DELETE /api/v1/namespaces/n/pods/gone',
    'DELETE /api/v1/namespaces/n/pods/p',
  ]);
  expect(asked[0]?.body).toMatchObject({ gracePeriodSeconds: 7 });
  expect(api.get(referenceOf(pod))).toBeUndefined();
});

test('a refusal is an answer where answers are asked for', async () => {
  expect(await apiOf(api.client).send({ path: '/api/v1/namespaces/n' })).toMatchObject({
    ok: true,
    body: { metadata: { name: 'n' } },
  });
  expect(await apiOf(api.client).send({ path: '/api/v1/namespaces/x' })).toMatchObject({
    status: 404,
    ok: false,
    message: 'request: 404 NotFound',
  });
});
