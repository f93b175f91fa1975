import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { harmlessPod, type SyncerAttack, syncerAttacks } from '@tenantry/manifests/syncer-attacks';
import {
  deploymentOf,
  host,
  hostApply,
  hostObjects,
  pnpmOk,
  referenceTenants,
  syncedService,
  tenant,
  withHostApi,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(10 * 60_000);

const NAMESPACE = 'vcluster-tenant-alice';
const SYNCER = `system:serviceaccount:${NAMESPACE}:vc-tenant-alice`;
/** An account like the syncer's, to which somebody has given every right: only admission is left. */
const MIGHTY = `system:serviceaccount:${NAMESPACE}:mighty`;
const NAME = 'tenantry-verify-attack';

beforeAll(async () => {
  writeTenants(referenceTenants());
  await pnpmOk(['synth']);
  await pnpmOk(['deploy']);
  await hostApply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: NAME },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: MIGHTY }],
  });
  // Of a class that is not there the API server refuses a pod before it asks a policy.
  await hostApply({
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: NAME },
    handler: 'runc',
  });
});

afterAll(async () => {
  await host(['delete', 'clusterrolebinding,runtimeclass', NAME, '--ignore-not-found']);
});

/** Sends every attack as a dry run, and says of each that was not refused what came back. */
async function tryAll(
  as: string,
  isRefused: (attack: SyncerAttack, message: string) => boolean,
): Promise<readonly string[]> {
  const pods = await hostObjects(['pods', '-n', NAMESPACE]);
  const syncedPod = pods.find(({ metadata }) =>
    metadata.name.startsWith(`${deploymentOf('alice')}-`),
  );
  if (syncedPod === undefined) throw new Error(`no pod of the workload in ${NAMESPACE}`);
  const spec = syncedPod['spec'] as { containers: readonly [{ image: string }] };
  const props = {
    tenantId: 'alice',
    foreignNamespace: 'vcluster-tenant-bob',
    syncedPod: syncedPod.metadata.name,
    syncedService: syncedService('alice'),
    image: spec.containers[0].image,
  };
  return withHostApi(async (send) => {
    const pod = await send(
      {
        method: 'POST',
        path: `/api/v1/namespaces/${NAMESPACE}/pods?dryRun=All`,
        body: harmlessPod(props),
      },
      as,
    );
    const open = pod.status === 201 ? [] : [`harmless pod: ${pod.status} ${pod.message}`];
    for (const attack of syncerAttacks(props)) {
      const { method, path, body } = attack;
      const request = { method, path: `${path}?dryRun=All`, ...(body && { body }) };
      const { status, message } = await send(request, as);
      if (status === 403 && isRefused(attack, message)) continue;
      open.push(`${attack.name} (${attack.policy}): ${status} ${message}`);
    }
    return open;
  });
}

describe('a syncer in the wrong hands', () => {
  test('is refused each attack', async () => {
    expect(await tryAll(SYNCER, () => true)).toEqual([]);
  });

  test('is refused each by its policy alone, whatever rights the account has been given', async () => {
    const byPolicy = ({ policy }: SyncerAttack, message: string) =>
      message.includes(`ValidatingAdmissionPolicy '${policy}'`);
    expect(await tryAll(MIGHTY, byPolicy)).toEqual([]);
  });

  test('runs nothing in the control plane', async () => {
    const flags = [`--as=${MIGHTY}`, '-n', NAMESPACE, 'tenant-alice-0'];
    await expect(host(['exec', ...flags, '--', 'true'])).rejects.toThrow(
      "a tenant's account connects to no control plane",
    );
  });
});

describe('a tenant works as in any cluster', () => {
  const restricted = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    runAsUser: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  };

  const container = async (change: object) => {
    const path = 'jsonpath={.spec.template.spec.containers[0]}';
    const found = await tenant('alice', ['get', `deployment/${deploymentOf('alice')}`, '-o', path]);
    const { image, env } = JSON.parse(found) as { readonly image: string; readonly env?: object };
    return {
      name: 'c',
      image,
      imagePullPolicy: 'IfNotPresent',
      env,
      securityContext: restricted,
      ...change,
    };
  };

  const podOf = (name: string, spec: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec,
  });

  test('a pod runs that requests more than the default limit and states none', async () => {
    const pod = podOf('big-request', {
      containers: [await container({ resources: { requests: { cpu: '500m', memory: '512Mi' } } })],
      initContainers: [
        await container({
          name: 'i',
          command: ['/nodejs/bin/node', '-e', '0'],
          resources: { requests: { 'ephemeral-storage': '2Gi' } },
        }),
      ],
    });
    await tenant('alice', ['apply', '-f', '-'], JSON.stringify(pod));
    try {
      await tenant('alice', ['wait', 'pod/big-request', '--for=condition=Ready', '--timeout=120s']);
      const limits = await tenant('alice', [
        'get',
        'pod',
        'big-request',
        '-o',
        'jsonpath={.spec.containers[0].resources.limits}{.spec.initContainers[0].resources.limits}',
      ]);
      expect(limits).toBe('{"cpu":"500m","memory":"512Mi"}{"ephemeral-storage":"2Gi"}');
    } finally {
      await tenant('alice', ['delete', 'pod', 'big-request', '--now']);
    }
  });

  test('the pods that a Job has ended keep nothing from rolling out', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'many' },
      spec: {
        // More than the tenant may have at once.
        completions: 30,
        parallelism: 6,
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              await container({
                command: ['/nodejs/bin/node', '-e', '0'],
                resources: {
                  requests: { cpu: '5m', memory: '16Mi' },
                  limits: { cpu: '100m', memory: '64Mi' },
                },
              }),
            ],
          },
        },
      },
    };
    await tenant('alice', ['apply', '-f', '-'], JSON.stringify(job));
    try {
      await tenant('alice', ['wait', 'job/many', '--for=condition=Complete', '--timeout=540s']);
      await tenant('alice', ['rollout', 'restart', `deployment/${deploymentOf('alice')}`]);
      await tenant('alice', [
        'rollout',
        'status',
        `deployment/${deploymentOf('alice')}`,
        '--timeout=90s',
      ]);
    } finally {
      await tenant('alice', ['delete', 'job', 'many', '--wait=false']);
    }
  });
});
