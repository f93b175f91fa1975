import { describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '@tenantry/plan';
import { apply } from '../lib/kube/server-side-apply.ts';
import { replacementOf, wholeDrift } from '../lib/kube/whole-objects.ts';
import { fakeCommands } from './fake-command.ts';

const TARGET = { kubeconfig: '/k', context: 'c' };

const policy = (spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'workload', namespace: 'n', ...metadata },
  spec,
});
const WANTED = policy({ podSelector: {}, policyTypes: ['Ingress'] });

describe('what replaces a live object', () => {
  test('is as wanted and no more, whatever was added', () => {
    const live = {
      ...policy(
        { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}], objectSelector: {} },
        { uid: 'u', resourceVersion: '7', managedFields: [{}], ownerReferences: [{ uid: 'o' }] },
      ),
      status: { phase: 'x' },
      added: true,
    };
    expect(replacementOf(live, WANTED)).toEqual(
      policy(WANTED['spec'] as object, {
        uid: 'u',
        ownerReferences: [{ uid: 'o' }],
        labels: {},
        annotations: {},
      }),
    );
  });

  test('has no labels of ours but those wanted, and keeps those of others', () => {
    const labels = {
      'app.kubernetes.io/managed-by': 'Helm',
      'pod-security.kubernetes.io/enforce': 'privileged',
      'pod-security.kubernetes.io/exempt': 'true',
      'tenantry.dev/extra': 'x',
      'kubernetes.io/metadata.name': 'n',
      team: 'payments',
    };
    const wanted = policy({}, { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
    expect(replacementOf(policy({}, { labels }), wanted).metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'Helm',
      'kubernetes.io/metadata.name': 'n',
      team: 'payments',
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });

  test('keeps a restart that was asked for, and nothing else of a pod template', () => {
    const template = (annotations: object | undefined, containers: readonly object[]) => ({
      template: { metadata: { labels: { app: 'a' }, annotations }, spec: { containers } },
    });
    const restart = { 'kubectl.kubernetes.io/restartedAt': 'now' };
    const live = policy(template({ ...restart, other: 'x' }, [{ name: 'a' }, { name: 'sidecar' }]));
    const wanted = policy(template({ hash: '1' }, [{ name: 'a' }]));
    expect(replacementOf(live, wanted)['spec']).toEqual(
      template({ hash: '1', ...restart }, [{ name: 'a' }]),
    );
  });
});

/** A kubectl that has one object; an apply leaves what was added, and a replace takes it away. */
function fakeCluster(live: KubeObject | null) {
  const fakes = fakeCommands();
  writeFileSync(join(fakes.directory, 'live'), live === null ? '' : JSON.stringify(live));
  writeFileSync(join(fakes.directory, 'wanted'), JSON.stringify(WANTED));
  const at = fakes.directory;
  fakes.add(
    'kubectl',
    `case "$*" in
      *" replace "*--dry-run*) cat ${at}/wanted;;
      *" replace "*) cp ${at}/wanted ${at}/live; cat ${at}/live;;
      *" apply "*) test -s ${at}/live || cp ${at}/wanted ${at}/live; cat ${at}/live;;
      *" get "*) cat ${at}/live;;
    esac`,
  );
  const verbs = () =>
    fakes
      .calls('kubectl')
      .map((call) => `${call[5]}${call.includes('--dry-run=server') ? ' (dry run)' : ''}`);
  return { $: fakes.$, verbs };
}

const OPENED = policy({ ...(WANTED['spec'] as object), ingress: [{}] });

test('drift names what is missing and what has more than is wanted', async () => {
  const reference = 'networking.k8s.io/v1 NetworkPolicy n/workload';
  const drift = async (live: KubeObject | null) => {
    const { missing, different } = await wholeDrift(fakeCluster(live).$, TARGET, [WANTED]);
    return { missing, different };
  };
  expect(await drift(null)).toEqual({ missing: [reference], different: [] });
  expect(await drift(WANTED)).toEqual({ missing: [], different: [] });
  expect(await drift(OPENED)).toEqual({ missing: [], different: [reference] });
});

test.each([
  ['as wanted', WANTED, [], ['get', 'replace (dry run)']],
  ['missing', null, ['NetworkPolicy/workload created'], ['get', 'apply']],
  [
    'opened by an addition',
    OPENED,
    ['NetworkPolicy/workload changed'],
    ['get', 'replace (dry run)', 'apply', 'replace'],
  ],
])('an object of ours alone that is %s takes so many calls', async (_what, live, said, verbs) => {
  const cluster = fakeCluster(live);
  expect(await apply(cluster.$, TARGET, [WANTED], { force: true })).toEqual(said);
  expect(cluster.verbs()).toEqual(verbs);
});
