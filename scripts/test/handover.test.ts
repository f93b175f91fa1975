import { describe, expect, test } from '@jest/globals';
import { referenceOf } from '@tenantry/plan';
import { FLUX_NAMESPACE, FLUX_ROOT, hostLabels, hostNamespace } from '@tenantry/tenants';
import {
  appliedByFlux,
  isFluxAtWork,
  isSuspended,
  removeFluxObjects,
  resumeTenant,
  suspendTenant,
} from '../lib/handover/flux-objects.ts';
import { lossesBetween } from '../lib/handover/identities.ts';
import { takenOver } from '../lib/handover/managed-fields.ts';
import { fakeApi } from './helpers/fake-api.ts';

const applied = (manager: string, fieldsV1: object) => ({
  manager,
  operation: 'Apply',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
});

describe('who manages the fields of an object', () => {
  const status = {
    ...applied('kube-controller-manager', { 'f:status': {} }),
    operation: 'Update',
    subresource: 'status',
  };
  const flux = applied('kustomize-controller', { 'f:spec': { 'f:hard': { 'f:pods': {} } } });

  test('changes by name alone, and nobody else’s', () => {
    expect(takenOver([flux, status], 'kustomize-controller', 'tenantry')).toEqual([
      status,
      { ...flux, manager: 'tenantry' },
    ]);
  });

  test('has both together where both had applied some', () => {
    const ours = applied('tenantry', { 'f:spec': { 'f:hard': { 'f:limits.cpu': {} } } });
    expect(takenOver([ours, flux], 'kustomize-controller', 'tenantry')).toEqual([
      applied('tenantry', { 'f:spec': { 'f:hard': { 'f:limits.cpu': {}, 'f:pods': {} } } }),
    ]);
  });

  test('stays where there is nothing to take over', () => {
    const written = { ...flux, operation: 'Update' };
    expect(takenOver([written, status], 'kustomize-controller', 'tenantry')).toBeNull();
  });
});

describe('what a handover loses', () => {
  const before = new Map([
    ['host v1 Pod a/kept', { uid: '1', restarts: 0 }],
    ['host v1 Pod a/crashed', { uid: '2', restarts: 1 }],
    ['host v1 Secret a/anew', { uid: '3', restarts: 0 }],
    ['alice v1 Service default/lost', { uid: '4', restarts: 0 }],
  ]);

  test('is nothing where all is the same, whatever has come', () => {
    const after = new Map([...before, ['host v1 Pod a/new', { uid: '5', restarts: 0 }]]);
    expect(lossesBetween(before, after)).toEqual([]);
  });

  test('is each object that is gone, made anew or started anew', () => {
    const after = new Map([
      ['host v1 Pod a/kept', { uid: '1', restarts: 0 }],
      ['host v1 Pod a/crashed', { uid: '2', restarts: 2 }],
      ['host v1 Secret a/anew', { uid: '6', restarts: 0 }],
    ]);
    expect(lossesBetween(before, after)).toEqual([
      'host v1 Pod a/crashed was started anew',
      'host v1 Secret a/anew was made anew',
      'alice v1 Service default/lost is gone',
    ]);
  });
});

describe('where Flux is to let go', () => {
  const kustomization = (name: string, namespace: string = FLUX_NAMESPACE) => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace, labels: hostLabels('alice') },
    spec: { deletionPolicy: 'Orphan' },
  });
  const release = {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'tenant-alice', namespace: FLUX_NAMESPACE, labels: hostLabels('alice') },
    spec: {},
  };
  const source = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name: FLUX_ROOT, namespace: FLUX_NAMESPACE, labels: hostLabels('alice') },
  };

  test('what makes others goes before these, and a release is suspended first', async () => {
    const api = fakeApi();
    const { client, writes } = api;
    const namespaces = [FLUX_NAMESPACE, hostNamespace('alice')];
    for (const name of namespaces)
      api.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const foreign = { ...kustomization('others'), metadata: { name: 'x', namespace: 'default' } };
    for (const object of [
      kustomization('virtual', hostNamespace('alice')),
      kustomization('tenant-alice-vcluster'),
      kustomization(FLUX_ROOT),
      release,
      source,
      foreign,
    ]) {
      api.put(object);
    }
    expect(await isFluxAtWork(client)).toBe(true);
    await removeFluxObjects(client, ['alice'], new AbortController().signal);
    const [k, h] = [kustomization(''), release].map(
      ({ apiVersion, kind }) => `${apiVersion} ${kind}`,
    );
    expect(writes).toEqual([
      `DELETE ${k} ${FLUX_NAMESPACE}/${FLUX_ROOT}`,
      `DELETE ${k} ${FLUX_NAMESPACE}/tenant-alice-vcluster`,
      `DELETE ${k} ${hostNamespace('alice')}/virtual`,
      `PATCH ${h} ${FLUX_NAMESPACE}/tenant-alice`,
      `DELETE ${h} ${FLUX_NAMESPACE}/tenant-alice`,
      `DELETE ${source.apiVersion} ${source.kind} ${FLUX_NAMESPACE}/${FLUX_ROOT}`,
      `DELETE v1 ConfigMap ${FLUX_NAMESPACE}/tenant-alice-values`,
    ]);
    expect(await isFluxAtWork(client)).toBe(false);
  });

  test('of one tenant, it is held off all that it has of it, and works on it again', async () => {
    const api = fakeApi();
    for (const name of [FLUX_NAMESPACE, hostNamespace('alice')])
      api.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const objects = [
      kustomization('tenant-alice-host'),
      kustomization('tenant-alice-vcluster'),
      kustomization('virtual', hostNamespace('alice')),
      release,
    ];
    for (const object of [kustomization(FLUX_ROOT), ...objects]) api.put(object);
    const specs = () => objects.map((object) => api.get(referenceOf(object))?.['spec']);
    const before = specs();
    const suspended = () => isSuspended(api.client, 'alice');
    expect(await suspended()).toBe(false);
    await suspendTenant(api.client, 'alice');
    expect(await suspended()).toBe(true);
    expect(specs()).toEqual(before.map((spec) => ({ ...(spec as object), suspend: true })));
    await resumeTenant(api.client, 'alice');
    expect([specs(), await suspended()]).toEqual([before, false]);
    expect(api.writes).toHaveLength(2 * objects.length);
    expect(api.writes.at(-1)).toMatch(/tenant-alice-host$/);
  });

  test('where its kinds were taken away it has nothing', async () => {
    const groups = ['kustomize', 'helm', 'source'].map(
      (group) => `/apis/${group}.toolkit.fluxcd.io/v${group === 'helm' ? 2 : 1}`,
    );
    const { client, writes } = fakeApi('kind-tenantry', { without: groups });
    await removeFluxObjects(client, [], new AbortController().signal);
    expect(writes).toEqual([]);
  });
});

test('what Flux has applied is what deploy may prune, but for namespaces', async () => {
  const api = fakeApi();
  const kustomization = (name: string, namespace: string, ids: readonly string[]) => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace },
    status: { inventory: { entries: ids.map((id) => ({ id, v: 'v1' })) } },
  });
  const own = hostNamespace('alice');
  for (const name of [FLUX_NAMESPACE, own]) {
    api.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  api.put(
    kustomization('tenant-alice-host', FLUX_NAMESPACE, [
      `_${own}__Namespace`,
      `${own}_tenant-alice__ResourceQuota`,
      `${own}_default-deny_networking.k8s.io_NetworkPolicy`,
    ]),
  );
  api.put(kustomization('virtual', own, ['default_simple-app_apps_Deployment']));
  expect(await appliedByFlux(api.client, 'alice')).toEqual({
    host: [
      `networking.k8s.io/v1 NetworkPolicy ${own}/default-deny`,
      `v1 ResourceQuota ${own}/tenant-alice`,
    ],
    virtual: ['apps/v1 Deployment default/simple-app'],
  });
});
