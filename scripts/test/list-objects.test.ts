import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { KubeObject } from '@tenantry/plan';
import { answerOf, type Api } from '../lib/kube/api-client.ts';
import { catalogueOf, discover, type GroupVersion } from '../lib/kube/api-resources.ts';
import { ask, isAnswer } from '../lib/kube/ask.ts';
import { canonicalJson } from '../lib/kube/canonical-json.ts';
import { finalizedObjects } from '../lib/kube/finalizers.ts';
import { listAll, ListError, within } from '../lib/kube/list-objects.ts';
import { mustBeAccepted } from '../lib/offboard/export-objects.ts';

const verbs = ['list', 'delete'];
const served = (name: string, kind: string) => ({ name, kind, namespaced: true, verbs });

function groupVersion(group: string, version: string, rest: Partial<GroupVersion>): GroupVersion {
  return { name: `${version}.${group}`, group, version, priority: 1, served: [], ...rest };
}

/** An API server that answers some paths, and of each page what comes next. */
function fakeApi(answers: Readonly<Record<string, object | number>>): Api & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    send({ path }) {
      asked.push(path);
      const url = new URL(path, 'http://x');
      const token = url.searchParams.get('continue');
      const answer = answers[token === null ? url.pathname : `${url.pathname} ${token}`] ?? 404;
      const message = `answer ${JSON.stringify(answer)}`;
      return Promise.resolve(
        typeof answer === 'number'
          ? answerOf(answer, JSON.stringify({ kind: 'Status', message }))
          : answerOf(200, JSON.stringify(answer)),
      );
    },
  };
}

describe('where a resource is listed', () => {
  const widgets = served('widgets', 'Widget');

  test('a custom one in the version that it is stored in, which takes no conversion', () => {
    const { resources } = catalogueOf(
      ['v2', 'v1', 'v1beta1'].map((version, index) =>
        groupVersion('example.com', version, { priority: 9 - index, served: [widgets] }),
      ),
      [{ name: 'widgets.example.com', storage: 'v1', served: ['v2', 'v1', 'v1beta1'] }],
    );
    expect(resources.map(({ paths }) => paths)).toEqual([
      ['v1', 'v2', 'v1beta1'].map((version) => `/apis/example.com/${version}/widgets`),
    ]);
  });

  test("the API server's own in the version that it prefers", () => {
    const scalers = { served: [served('scalers', 'Scaler'), served('scalers/status', 'Scaler')] };
    const { resources } = catalogueOf(
      [
        groupVersion('', 'v1', { served: [served('pods', 'Pod')] }),
        groupVersion('autoscaling', 'v1', { ...scalers, priority: 1 }),
        groupVersion('autoscaling', 'v2', { ...scalers, priority: 2 }),
      ],
      [],
    );
    expect(resources.map(({ name, paths }) => [name, paths])).toEqual([
      ['pods', ['/api/v1/pods']],
      ['scalers.autoscaling', ['/apis/autoscaling/v2/scalers']],
    ]);
  });

  test('or nowhere, which is said: no answer is not the same as nothing', () => {
    const { resources, unreadable } = catalogueOf(
      [groupVersion('metrics.k8s.io', 'v1beta1', { served: { error: 'service unavailable' } })],
      [{ name: 'widgets.example.com', storage: 'v1', served: [] }],
    );
    expect(resources).toEqual([]);
    expect(unreadable.map(({ name }) => name)).toEqual([
      'v1beta1.metrics.k8s.io',
      'widgets.example.com',
    ]);
  });
});

const apiService = (name: string, rest: object = {}) => {
  const [version = '', ...group] = name.split('.');
  const spec = { group: group.join('.'), version, groupPriorityMinimum: 1, versionPriority: 1 };
  return { metadata: { name }, spec: { ...spec, ...rest } };
};
const services = (...items: object[]) => ({
  '/apis/apiregistration.k8s.io/v1/apiservices': { apiVersion: 'x', items },
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': { apiVersion: 'x', items: [] },
  '/apis/apiregistration.k8s.io/v1': { resources: [served('apiservices', 'APIService')] },
});

describe('what an API server is asked for', () => {
  const core = { '/api/v1': { resources: [served('pods', 'Pod')] } };

  test("is all of its own, and what a tenant's pod answers where it does", async () => {
    const metrics = apiService('v1beta1.metrics.k8s.io', { service: { name: 'metrics' } });
    const api = fakeApi({
      ...services(apiService('v1.'), metrics),
      ...core,
      '/apis/metrics.k8s.io/v1beta1': 503,
    });
    const { resources, unreadable } = await discover(api);
    expect(resources.map(({ name }) => name)).toEqual([
      'apiservices.apiregistration.k8s.io',
      'pods',
    ]);
    expect(unreadable).toEqual([{ name: 'v1beta1.metrics.k8s.io', reason: 'answer 503' }]);
    expect((await discover(api, { aggregated: false })).unreadable).toEqual([]);
  });

  test('what it does not say of itself is an error', async () => {
    const api = fakeApi({ ...services(apiService('v1.'), apiService('v1.apps')), ...core });
    await expect(discover(api)).resolves.toMatchObject({ unreadable: [] });
    const broken = fakeApi({ ...services(apiService('v1.')), '/api/v1': 500 });
    await expect(discover(broken)).rejects.toThrow(/does not say what v1\. holds: answer 500/);
  });
});

describe('an API server', () => {
  const refusal = JSON.stringify({ kind: 'Status', message: 'conversion webhook failed' });

  test.each([
    ['a refusal', 500, refusal, [true, true]],
    ['a closed port', 500, 'dial tcp 127.0.0.1:1: connect: connection refused', [false, false]],
    ['no such path', 404, '404 page not found', [true, true]],
    ['too many requests', 429, refusal, [false, false]],
    ['nobody there', 503, 'service unavailable', [false, true]],
  ])('answers with %s, or it has not answered', (_, status, text, [own, aggregated]) => {
    const answer = answerOf(status, text);
    expect([isAnswer(answer, false), isAnswer(answer, true)]).toEqual([own, aggregated]);
  });

  test('is asked again while the way to it is down, but not for ever', async () => {
    const answers = ['EOF', 'EOF', '{"kind":"PodList"}'];
    const api: Api = {
      send: () => {
        const text = answers.shift() ?? 'EOF';
        return Promise.resolve(answerOf(text === 'EOF' ? 500 : 200, text));
      },
    };
    expect((await ask(api, '/x', { retrySeconds: 5 })).ok).toBe(true);
    await expect(ask(api, '/x', { retrySeconds: 0 })).rejects.toThrow('/x: no answer: 500 EOF');
  });
});

describe('a list', () => {
  const item = (name: string) => ({ metadata: { name } });
  const page = (names: readonly string[], next?: string) => ({
    apiVersion: 'v1',
    kind: 'PodList',
    metadata: next === undefined ? {} : { continue: next },
    items: names.map(item),
  });
  const pods = { name: 'pods', kind: 'Pod', paths: ['/a/pods', '/b/pods'] };

  test('is read page by page to its end, each object with its kind', async () => {
    const api = fakeApi({ '/a/pods': page(['x'], 't1'), '/a/pods t1': page(['y']) });
    expect(await listAll(api, pods)).toEqual(
      ['x', 'y'].map((name) => ({ apiVersion: 'v1', kind: 'Pod', ...item(name) })),
    );
    expect(api.asked).toEqual(['/a/pods?limit=100', '/a/pods?limit=100&continue=t1']);
  });

  test('is read in another version where the first one fails', async () => {
    const api = fakeApi({ '/a/pods': 500, '/b/pods': page(['x']) });
    expect(await listAll(api, pods)).toHaveLength(1);
  });

  test('that breaks off is an error, whatever came before', async () => {
    const api = fakeApi({ '/a/pods': page(['x'], 't1'), '/a/pods t1': 410, '/b/pods': 500 });
    const broken = listAll(api, pods);
    await expect(broken).rejects.toThrow(ListError);
    await expect(broken).rejects.toThrow(/pods cannot be listed: \/a\/pods: answer 410; \/b\/pods/);
  });

  test('of one namespace has a path of its own', () => {
    expect(within('x')('/apis/apps/v1/deployments')).toBe('/apis/apps/v1/namespaces/x/deployments');
  });
});

test('what cannot be read is accepted by its name only', () => {
  const unreadable = [
    { name: 'widgets.example.com', reason: 'conversion webhook\n failed' },
    { name: 'v1beta1.metrics.k8s.io', reason: 'x'.repeat(10_000) },
  ];
  const accept =
    (...names: string[]) =>
    () =>
      mustBeAccepted(unreadable, names);
  expect(accept('widgets.example.com', 'v1beta1.metrics.k8s.io')).not.toThrow();
  expect(accept('v1beta1.metrics.k8s.io')).toThrow(
    /widgets\.example\.com: conversion webhook failed\n[^]*--accept-unreadable v1beta1\.metrics\.k8s\.io,widgets\.example\.com/,
  );
  expect(accept('widgets')).toThrow(/^.{0,2000}$/s);
});

test('equal values have one JSON, unequal ones have not, and it is JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      // JSON has no negative zero.
      const plain = JSON.parse(JSON.stringify(value)) as unknown;
      expect(JSON.parse(text)).toEqual(plain);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
  expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[{"d":1}]}');
});

describe('finalizers in a namespace that ends', () => {
  const object = (apiVersion: string, kind: string, metadata: object, spec = {}): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name: 'x', namespace: 'n', ...metadata },
    spec,
  });
  const going = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/x'] };

  test('are removed of what a syncer may write, and named of all else', () => {
    const configMap = object('v1', 'ConfigMap', going);
    const others = [
      object('v1', 'ConfigMap', { finalizers: going.finalizers }),
      object('v1', 'ConfigMap', { deletionTimestamp: going.deletionTimestamp }),
      object('v1', 'Service', going, { type: 'LoadBalancer' }),
      object('example.com/v1', 'ConfigMap', going),
    ];
    expect(finalizedObjects([configMap, ...others])).toEqual({
      removable: [configMap],
      stuck: [
        'v1 Service n/x: finalizers example.com/x',
        'example.com/v1 ConfigMap n/x: finalizers example.com/x',
      ],
    });
  });
});
