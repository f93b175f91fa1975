import { ExpectedError } from '../cli/errors.ts';
import {
  type Expected,
  foreignKubeconfigKeys,
  type KubeconfigSecret,
  kubeconfigSecrets,
  probeOf,
  type ProbeResult,
  type ProbeResults,
  resultOf,
  unexpectedObjects,
  virtualUids,
  type VirtualUids,
} from '@tenantry/isolation';
import { hostNamespace, vclusterName } from '@tenantry/tenants';
import { load } from 'js-yaml';
import type { V1Secret } from '@tenantry/kube-library';
import type { KubeObject, ObjectOf } from '@tenantry/plan';
import type { TenantDist } from '../dist/read.ts';
import type { Api } from '../kube/api-client.ts';
import { list } from '../kube/objects.ts';
import { compareWithWanted } from './exactness.ts';
import { foundEachTime } from './found-each-time.ts';
import type { VerifyContext } from './probe-pod.ts';
import { renderChart } from './render-chart.ts';

/** The kinds in which a namespace could hold something that is not its vcluster's. */
const KINDS: Readonly<Record<string, readonly [group: string, resource: string]>> = {
  Pod: ['/api/v1', 'pods'],
  Service: ['/api/v1', 'services'],
  Secret: ['/api/v1', 'secrets'],
  ConfigMap: ['/api/v1', 'configmaps'],
  ServiceAccount: ['/api/v1', 'serviceaccounts'],
  PersistentVolumeClaim: ['/api/v1', 'persistentvolumeclaims'],
  ReplicationController: ['/api/v1', 'replicationcontrollers'],
  ResourceQuota: ['/api/v1', 'resourcequotas'],
  LimitRange: ['/api/v1', 'limitranges'],
  Deployment: ['/apis/apps/v1', 'deployments'],
  DaemonSet: ['/apis/apps/v1', 'daemonsets'],
  StatefulSet: ['/apis/apps/v1', 'statefulsets'],
  ReplicaSet: ['/apis/apps/v1', 'replicasets'],
  Job: ['/apis/batch/v1', 'jobs'],
  CronJob: ['/apis/batch/v1', 'cronjobs'],
  Ingress: ['/apis/networking.k8s.io/v1', 'ingresses'],
  HTTPRoute: ['/apis/gateway.networking.k8s.io/v1', 'httproutes'],
  GRPCRoute: ['/apis/gateway.networking.k8s.io/v1', 'grpcroutes'],
  NetworkPolicy: ['/apis/networking.k8s.io/v1', 'networkpolicies'],
  Role: ['/apis/rbac.authorization.k8s.io/v1', 'roles'],
  RoleBinding: ['/apis/rbac.authorization.k8s.io/v1', 'rolebindings'],
  PodDisruptionBudget: ['/apis/policy/v1', 'poddisruptionbudgets'],
  HorizontalPodAutoscaler: ['/apis/autoscaling/v2', 'horizontalpodautoscalers'],
};

/** Kinds of which a synced object must have a counterpart inside, where the inside can be asked. */
const COMPARED = ['Pod', 'Service', 'PersistentVolumeClaim'] as const;

/**
 * How often a namespace is looked at before what is unexpected in it is believed. An object may just
 * be on its way from one cluster to the other: a Service comes to the host before its own cluster
 * has it, and says whose copy it is only afterwards.
 */
const ROUNDS = 6;
const PAUSE_MILLISECONDS = 1500;

/**
 * Does the namespace hold one vcluster, what holds it in is exactly as in dist/ and in the chart, and
 * nothing else? `api` is the tenant's own cluster, null where it does not answer.
 */
export async function lookAtNamespace(
  { host, hostApi, signal }: Pick<VerifyContext, 'host' | 'hostApi' | 'signal'>,
  tenant: TenantDist,
  api: Api | null,
  kubeVersion: string,
): Promise<ProbeResults> {
  const { id, hostObjects, state } = tenant;
  const chart = await renderChart(host, tenant, kubeVersion);
  const kubeconfigs = kubeconfigSecrets(vclusterName(id), tenant.values);
  const secrets = kubeconfigs.map(({ name }) => ({ kind: 'Secret', metadata: { name } }));
  const declared = [...hostObjects, ...chart, ...secrets, ...tenant.pauseObjects];
  const looked = await lookForUnexpected(hostApi, tenant, declared, api, signal);
  const [hostDrift, chartDrift] = await Promise.all([
    compareWithWanted(hostApi, hostObjects),
    compareWithWanted(hostApi, chart),
  ]);
  const itself = looked.objects.some(
    ({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === vclusterName(id),
  );
  const finding = (key: string, attempt: string, found: readonly string[], among: number) => {
    const probe = probeOf('host', id, {
      name: key,
      attempt,
      expected: 'refused',
      controls: ['itself'],
    });
    return found.length === 0
      ? resultOf(probe, 'refused', `none among ${among} objects`)
      : resultOf(probe, 'allowed', found.join('; '));
  };
  const attempt = `its StatefulSet ${vclusterName(id)}`;
  const counterparts = probeOf('host', id, {
    name: 'counterparts',
    attempt: 'its own cluster knows its synced objects',
    expected: 'allowed',
  });
  // While it is offboarded, its control plane is started and stopped.
  const scaled = (difference: string) =>
    state === 'offboarding' && /^StatefulSet\/\S+ spec\.replicas /.test(difference);
  return [
    resultOf(
      probeOf('host', id, { name: 'itself', attempt, expected: 'allowed' }),
      itself ? 'allowed' : 'refused',
    ),
    ...(state !== 'active'
      ? []
      : [resultOf(counterparts, api === null ? null : 'allowed', looked.detail)]),
    ...(itself ? [kubeconfigResult(id, kubeconfigs, looked.objects)] : []),
    finding(
      'unexpected-objects',
      'anything beside its vcluster',
      looked.unexpected,
      looked.objects.length,
    ),
    finding(
      'drift',
      'namespace, quota, policies other than in dist/',
      hostDrift,
      hostObjects.length,
    ),
    finding(
      'chart-drift',
      'control plane, Role, Services other than the chart makes them',
      chartDrift.filter((difference) => !scaled(difference)),
      chart.length,
    ),
  ];
}

/** Do the Secrets that its syncer writes say more than they should to whoever reads them? */
function kubeconfigResult(
  id: string,
  kubeconfigs: readonly KubeconfigSecret[],
  objects: readonly KubeObject[],
): ProbeResult {
  const probe = probeOf('host', id, {
    name: 'kubeconfig',
    attempt: 'orders in its kubeconfig',
    expected: 'refused',
    controls: ['itself'],
  });
  const secrets = new Map(
    objects
      .filter(({ kind }) => kind === 'Secret')
      .map((secret: ObjectOf<V1Secret>) => [secret.metadata.name, secret.data?.['config']]),
  );
  const there = kubeconfigs.flatMap(({ name, server }) => {
    const config = secrets.get(name);
    return config === undefined ? [] : [{ name, server, config }];
  });
  if (there.length === 0) return resultOf(probe, 'refused', 'there is none');
  const found = there.flatMap(({ name, server, config }) =>
    keysOf(config, server).map((key) => `${name}: ${key}`),
  );
  return found.length === 0
    ? resultOf(probe, 'refused', 'certificates and a key only')
    : resultOf(probe, 'allowed', found.join(', '));
}

function keysOf(config: string, server: string | null): readonly string[] {
  try {
    return foreignKubeconfigKeys(load(Buffer.from(config, 'base64').toString()), server);
  } catch {
    return ['no YAML'];
  }
}

interface Looked {
  readonly objects: readonly KubeObject[];
  readonly unexpected: readonly string[];
  readonly detail: string;
}

async function lookForUnexpected(
  hostApi: Api,
  { id, state }: Pick<TenantDist, 'id' | 'state'>,
  declared: Expected['declared'],
  api: Api | null,
  signal: AbortSignal,
): Promise<Looked> {
  let objects: readonly KubeObject[] = [];
  let virtual: VirtualUids | null = null;
  const look = async () => {
    // The host first: what comes there later is not seen, and what was there must be known.
    objects = await listNamespace(hostApi, hostNamespace(id));
    virtual = api === null ? null : await listVirtual(api);
    return unexpectedObjects(objects, {
      id,
      declared,
      // While it is held at zero no pod of it may run, whatever its marks say.
      virtual: state === 'active' ? virtual : new Map(),
      compared: new Set(state === 'active' ? COMPARED : ['Pod']),
    });
  };
  const options = { rounds: ROUNDS, pauseMilliseconds: PAUSE_MILLISECONDS, signal };
  const unexpected = await foundEachTime(look, options);
  return { objects, unexpected, detail: detailOf(virtual) };
}

function detailOf(virtual: VirtualUids | null): string {
  return virtual === null
    ? 'its own cluster could not be asked: marks of its syncer are believed'
    : `${virtual.size} objects of it compared by uid`;
}

/** A group that the host does not have has no objects. */
async function listNamespace(hostApi: Api, namespace: string): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(
    Object.entries(KINDS).map(async ([kind, [group, resource]]) => {
      const path = `${group}/namespaces/${namespace}/${resource}`;
      const answer = await hostApi.send({ path });
      if (answer.status === 404) return [];
      if (!answer.ok) throw new ExpectedError(`GET ${path}: ${answer.message}`);
      return ((answer.body['items'] ?? []) as readonly KubeObject[]).map((object) => ({
        ...object,
        kind,
      }));
    }),
  );
  return lists.flat();
}

async function listVirtual(api: Api): Promise<VirtualUids> {
  const lists = await Promise.all(
    COMPARED.map(async (kind) => [
      ...virtualUids(kind, await list(api, `/api/v1/${KINDS[kind]?.[1] ?? ''}`)),
    ]),
  );
  return new Map(lists.flat());
}
