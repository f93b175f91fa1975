import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isReady, type KubeObject } from '@tenantry/plan';
import { controlPlaneClaim, hostNamespace, vclusterName } from '@tenantry/tenants';
import { Fault } from '../cli/errors.ts';
import type { Context } from '../cli/run-main.ts';
import { connectHost } from '../cluster/host.ts';
import { eachTenant } from '../deploy/each-tenant.ts';
import type { KubeClient } from '../kube/client.ts';
import { apply, list, mergePatch, remove } from '../kube/requests.ts';
import { poll } from '../kube/wait.ts';
import { buildKwok, type Kwok } from '../sealed/index.ts';
import { kubectl } from '../tools/kubectl.ts';
import {
  type Bench,
  declare,
  describeMeasure,
  ours,
  removeAll,
  withBench,
} from './bench-tenants.ts';

/** Tenants that run as far as the host's API is concerned: their objects are real, their pods kwok's. */
const RUNNING = 1000;
const NODES = 5;
const PODS_PER_NODE = 1000;
/** Beside its control plane: its service and its DNS, as the syncer would make them. */
const SYNCED = ['simple-app-x-default', 'coredns-x-kube-system'];
const READY_SECONDS = 900;
/** The API server counts its objects once a minute. */
const COUNT_MILLISECONDS = 65_000;

/** kind's own. */
const STORAGE_CLASS = 'standard';

/** What kwok takes for its own. */
const PRETENDED = 'kwok.x-k8s.io/node';

/**
 * What a host's API is asked for a thousand tenants: all of them paused, then with pods on nodes that
 * kwok pretends. No cluster of theirs runs, so that none is asked anything.
 */
export async function benchScale(context: Context): Promise<void> {
  const { workspace, report } = context;
  await withBench(context, async (bench) => {
    const { print } = bench;
    if (bench.host.kindCluster !== workspace.cluster) {
      throw new Fault({
        what: 'no nodes are pretended',
        why: 'the host is no kind cluster of ours',
        todo: 'run it where tenants.json has no `host`',
      });
    }
    const kwok = await buildKwok(bench.host.$, report, workspace.cache);
    const { client } = await connectHost(bench.host);
    // They outlive the tenants: what runs on them ends by kwok.
    await using _nodes = await pretendNodes(bench, client, kwok);
    const before = await storedBy(bench);
    const ids = await declare(bench, RUNNING, 'paused');
    try {
      print(`deploy, ${RUNNING} new, paused: ${describeMeasure(await ours(bench, 'deploy'))}`);
      await plan(bench, `nothing changed, ${RUNNING} paused`);
      await sleep(COUNT_MILLISECONDS, undefined, { signal: bench.signal });
      const after = await storedBy(bench);
      const objects = (after.objects - before.objects) / RUNNING;
      const kilobytes = (after.bytes - before.bytes) / RUNNING / 1000;
      print(
        `in the host's etcd, for each: ${objects.toFixed(1)} objects, ${kilobytes.toFixed(0)} kB`,
      );
      await runPretended(bench, client, ids);
      await declare(bench, RUNNING, 'active');
      await plan(bench, `${RUNNING} to be resumed, their pods on pretended nodes`);
    } finally {
      await removeAll(bench, ids);
      await eachId(bench, ids, (id) => remove(client, volumeOf(id)));
    }
  });
}

async function plan(bench: Bench, what: string): Promise<void> {
  await ours(bench, 'plan');
  bench.print(`plan, ${what}: ${describeMeasure(await ours(bench, 'plan'))}`);
}

/** What an API server says of its etcd: how many objects, how large a file. */
async function storedBy({
  host,
}: Bench): Promise<{ readonly objects: number; readonly bytes: number }> {
  const metrics = await kubectl(host.$, host.target, ['get', '--raw', '/metrics']);
  const sum = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'gm'))]
      .map(([, value]) => Number(value))
      .reduce((total, value) => total + Math.max(value, 0), 0);
  return { objects: sum('apiserver_resource_objects'), bytes: sum('apiserver_storage_size_bytes') };
}

/** Nodes on which every pod is Ready at once, and what pretends them; both go with it. */
async function pretendNodes(
  { host: { $, target }, dir }: Bench,
  client: KubeClient,
  { binary, stages }: Kwok,
): Promise<AsyncDisposable> {
  // kwok has no option for a context.
  const kubeconfig = join(dir, 'kwok.kubeconfig');
  const config = await kubectl($, target, ['config', 'view', '--minify', '--raw']);
  writeFileSync(kubeconfig, config, { mode: 0o600 });
  const args = [
    `--kubeconfig=${kubeconfig}`,
    `--manage-nodes-with-label-selector=${PRETENDED}`,
    ...stages.map((file) => `--config=${file}`),
  ];
  const child = spawn(binary, args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const nodes = Array.from({ length: NODES }, (_, index) => nodeOf(`pretended-${index}`));
  for (const node of nodes) await apply(client, node, { force: true });
  return {
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await remove(client, node);
      child.kill();
      await ended;
    },
  };
}

function nodeOf(name: string): KubeObject {
  const room = { cpu: '4k', memory: '16Ti', 'ephemeral-storage': '16Ti', pods: `${PODS_PER_NODE}` };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [PRETENDED]: 'fake', 'kubernetes.io/hostname': name } },
    status: { allocatable: room, capacity: room },
  };
}

/** Has every control plane and what it would have synced run on the pretended nodes. */
async function runPretended(
  bench: Bench,
  client: KubeClient,
  ids: readonly string[],
): Promise<void> {
  await eachId(bench, ids, async (id) => {
    for (const object of [volumeOf(id), ...podsOf(id)]) {
      await apply(client, object, { force: true });
    }
    const metadata = { name: vclusterName(id), namespace: hostNamespace(id) };
    const statefulSet = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata };
    await mergePatch(client, statefulSet, { spec: { replicas: 1 } }, { subresource: 'scale' });
  });
  await poll(
    async () => {
      const pods = await list(client, { kind: 'Pod', selector: 'app=vcluster' });
      const ready = pods.filter(isReady).length;
      return ready >= ids.length
        ? { done: true, result: undefined }
        : { done: false, diagnostics: `${ready} of ${ids.length} are Ready` };
    },
    { what: 'pretended control planes', timeoutSeconds: READY_SECONDS, signal: bench.signal },
  );
}

/** The volume that its control plane will claim, which only pretended nodes have: so it comes there. */
function volumeOf(id: string): KubeObject {
  const onPretended = { matchExpressions: [{ key: PRETENDED, operator: 'Exists' }] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: vclusterName(id) },
    spec: {
      capacity: { storage: '2Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: STORAGE_CLASS,
      hostPath: { path: '/nowhere' },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name: controlPlaneClaim(id),
        namespace: hostNamespace(id),
      },
      nodeAffinity: { required: { nodeSelectorTerms: [onPretended] } },
    },
  };
}

function podsOf(id: string): readonly KubeObject[] {
  return SYNCED.map((name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-x-${vclusterName(id)}`,
      namespace: hostNamespace(id),
      labels: { 'vcluster.loft.sh/managed-by': vclusterName(id) },
    },
    spec: {
      nodeSelector: { [PRETENDED]: 'fake' },
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'pretended',
          image: 'pretended',
          resources: {
            requests: { cpu: '5m', memory: '16Mi', 'ephemeral-storage': '16Mi' },
            limits: { cpu: '100m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
          },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  }));
}

function eachId(
  { signal }: Bench,
  ids: readonly string[],
  action: (id: string) => Promise<void>,
): Promise<unknown> {
  return eachTenant(
    ids.map((id) => ({ id })),
    ({ id }) => action(id),
    { signal },
  );
}
