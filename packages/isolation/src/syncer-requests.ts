import {
  controlPlaneClaim,
  FORMER_INVENTORY_NAME,
  SYNCED_LABEL,
  vclusterName,
} from '@tenantry/tenants';
import { FIXTURE } from './fixtures.ts';
import type { NewObject, ObservedObject } from './objects.ts';

/** A request to the host's API server, to be made in a dry run. */
export interface HostRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

/** A request that must be admitted, as the proof that one of its kind can be. */
export interface SyncerControl {
  readonly name: string;
  readonly text: string;
  readonly request: HostRequest;
}

/** A request that a syncer in the wrong hands would make, and must be refused. */
export interface SyncerRequest extends SyncerControl {
  /** Names of controls, of the same kind of request. */
  readonly controls: readonly string[];
  /** A host may lack the feature: then the operator's own request is invalid as well. */
  readonly optional?: boolean;
}

/** What lies in a tenant's namespace on the host, and is aimed at. */
export interface SyncerTargets {
  readonly id: string;
  readonly namespace: string;
  /** A synced pod that runs. */
  readonly pod: ObservedObject;
  readonly controlPlane: ObservedObject;
  readonly statefulSet: ObservedObject;
  readonly service: ObservedObject;
  readonly apiService: ObservedObject;
  /** A claim that is bound to nothing yet. */
  readonly claim: ObservedObject;
  readonly releaseRecord: string | null;
  /** An address that another tenant's pod or the node has. */
  readonly foreignAddress: string;
}

type Fields = Readonly<Record<string, unknown>>;

const specOf = (object: ObservedObject) => (object['spec'] ?? {}) as Fields;
const statusOf = (object: ObservedObject) => (object['status'] ?? {}) as Fields;

function labelled(object: ObservedObject): object {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [FIXTURE]: '1' } } };
}

/** The longest that a pod may be told to take, in days; ten minutes are plenty. */
const ELEVEN_DAYS = 11 * 24 * 3600;

export function syncerControls({
  namespace,
  pod,
  service,
  claim,
}: SyncerTargets): readonly SyncerControl[] {
  const core = `/api/v1/namespaces/${namespace}`;
  const control = (
    name: string,
    text: string,
    method: HostRequest['method'],
    path: string,
    body?: object,
  ): SyncerControl => ({
    name,
    text,
    request: { method, path: `${core}/${path}`, ...(body && { body }) },
  });
  const podPath = `pods/${pod.metadata.name}`;
  return [
    control('configmap', 'ConfigMap', 'POST', 'configmaps', configMap(`${FIXTURE}-new`)),
    control('secret', 'Secret', 'POST', 'secrets', secret(`${FIXTURE}-new`, 'Opaque')),
    control('pod-update', 'label on its pod', 'PUT', podPath, labelled(pod)),
    control('pod-status', 'condition of its pod', 'PUT', `${podPath}/status`, {
      ...pod,
      status: {
        ...statusOf(pod),
        conditions: [
          ...((statusOf(pod)['conditions'] ?? []) as object[]),
          { type: 'tenantry.dev/verify', status: 'True' },
        ],
      },
    }),
    control('pod-delete', 'end of its pod', 'DELETE', podPath, deletion(0)),
    control('claim-update', 'label on its claim', 'PUT', claimPath(claim), labelled(claim)),
    control(
      'service-update',
      'label on its Service',
      'PUT',
      `services/${service.metadata.name}`,
      labelled(service),
    ),
  ];
}

/** All that is tried beyond the making of pods, Services and claims. */
export function syncerRequests(targets: SyncerTargets): readonly SyncerRequest[] {
  return [
    ...podRequests(targets),
    ...recordRequests(targets),
    ...claimRequests(targets),
    ...serviceRequests(targets),
    ...workloadRequests(targets),
    ...hostRequests(targets),
  ];
}

type Make = (
  name: string,
  text: string,
  method: HostRequest['method'],
  path: string,
  body?: object,
) => SyncerRequest;

function maker(prefix: string, ...controls: readonly string[]): Make {
  return (name, text, method, path, body) => ({
    name,
    text,
    controls,
    request: { method, path: `${prefix}/${path}`, ...(body && { body }) },
  });
}

function podRequests({
  namespace,
  pod,
  controlPlane,
  foreignAddress,
}: SyncerTargets): readonly SyncerRequest[] {
  const core = `/api/v1/namespaces/${namespace}`;
  const path = `pods/${pod.metadata.name}`;
  const itself = `pods/${controlPlane.metadata.name}`;
  const status = maker(core, 'pod-status');
  const forged = (of: ObservedObject, change: Fields) => ({
    ...of,
    status: { ...statusOf(of), ...change },
  });
  const address = { podIP: foreignAddress, podIPs: [{ ip: foreignAddress }] };
  const update = maker(core, 'pod-update');
  const remove = maker(core, 'pod-delete');
  const spec = specOf(controlPlane);
  const [container, ...others] = spec['containers'] as readonly Fields[];
  const { [SYNCED_LABEL]: _mark, ...unmarked } = pod.metadata.labels ?? {};
  const debugging = {
    ...controlPlane,
    spec: {
      ...spec,
      ephemeralContainers: [
        { name: FIXTURE, image: FIXTURE, ...hardened(container?.['securityContext']) },
      ],
    },
  };
  return [
    status('status-pod-ip', 'false podIP of a pod', 'PUT', `${path}/status`, forged(pod, address)),
    status('status-host-ip', 'false hostIP of a pod', 'PUT', `${path}/status`, {
      ...forged(pod, { hostIP: '203.0.113.7', hostIPs: [{ ip: '203.0.113.7' }] }),
    }),
    status(
      'status-phase',
      'false phase of a pod',
      'PUT',
      `${path}/status`,
      forged(pod, { phase: 'Succeeded' }),
    ),
    status(
      'status-labels',
      'labels of a pod, by its status',
      'PUT',
      `${path}/status`,
      labelled(pod),
    ),
    status(
      'status-control-plane',
      'false podIP of its control plane',
      'PUT',
      `${itself}/status`,
      forged(controlPlane, address),
    ),
    update('control-plane-image', 'other image in its control plane', 'PUT', itself, {
      ...controlPlane,
      spec: { ...spec, containers: [{ ...container, image: FIXTURE }, ...others] },
    }),
    update('control-plane-labels', 'labels of its control plane', 'PUT', itself, {
      ...labelled(controlPlane),
    }),
    update(
      'ephemeral',
      'ephemeral container in its control plane',
      'PUT',
      `${itself}/ephemeralcontainers`,
      debugging,
    ),
    update('unmark', 'pod without the mark that policies go by', 'PUT', path, {
      ...pod,
      metadata: { ...pod.metadata, labels: unmarked },
    }),
    remove('control-plane-delete', 'end of its control plane', 'DELETE', itself, deletion(0)),
    remove(
      'long-goodbye',
      'pod that takes eleven days to end, by its deletion',
      'DELETE',
      path,
      deletion(ELEVEN_DAYS),
    ),
    update('evict', 'eviction of its control plane', 'POST', `${itself}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: controlPlane.metadata.name },
    }),
    update('bind', 'pod bound to a node', 'POST', `${path}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: pod.metadata.name },
      target: { kind: 'Node', name: FIXTURE },
    }),
  ];
}

function hardened(securityContext: unknown): object {
  return securityContext === undefined ? {} : { securityContext };
}

/** Records that decide what the operator's own commands do. */
function recordRequests(targets: SyncerTargets): readonly SyncerRequest[] {
  const { id, namespace, releaseRecord } = targets;
  const core = `/api/v1/namespaces/${namespace}`;
  const inSecret = maker(core, 'secret');
  const inConfigMap = maker(core, 'configmap');
  const vcluster = vclusterName(id);
  const config = `secrets/vc-config-${vcluster}`;
  const data = { data: { [FIXTURE]: 'eA==' } };
  return [
    inSecret('token-secret', 'Secret that the host fills with a token', 'POST', 'secrets', {
      ...secret(`${FIXTURE}-token`, 'kubernetes.io/service-account-token', {
        'kubernetes.io/service-account.name': `vc-${vcluster}`,
      }),
    }),
    inSecret(
      'helm-new',
      'Helm record of a new revision',
      'POST',
      'secrets',
      secret(`sh.helm.release.v1.${vcluster}.v999`, 'helm.sh/release.v1'),
    ),
    inSecret(
      'helm-other',
      'Helm record of another release',
      'POST',
      'secrets',
      secret(`sh.helm.release.v1.${FIXTURE}.v1`, 'Opaque'),
    ),
    ...(releaseRecord === null
      ? []
      : [
          inSecret(
            'helm-change',
            'change of the Helm record',
            'PATCH',
            `secrets/${releaseRecord}`,
            {
              ...data,
            },
          ),
          inSecret('helm-delete', 'end of the Helm record', 'DELETE', `secrets/${releaseRecord}`),
        ]),
    inSecret('config-change', 'change of its control plane’s values', 'PATCH', config, data),
    inSecret('config-delete', 'end of its control plane’s values', 'DELETE', config),
    inConfigMap('inventory', 'inventory of its own', 'POST', 'configmaps', {
      ...configMap(FORMER_INVENTORY_NAME),
    }),
    inConfigMap(
      'root-ca',
      'other root certificate of the host',
      'PATCH',
      'configmaps/kube-root-ca.crt',
      { data: { 'ca.crt': '' } },
    ),
    inConfigMap('finalizer', 'ConfigMap that cannot be deleted', 'POST', 'configmaps', {
      ...configMap(`${FIXTURE}-held`, { finalizers: ['tenantry.dev/verify'] }),
    }),
    inConfigMap('huge', 'ConfigMap of 900 KiB', 'POST', 'configmaps', {
      ...configMap(`${FIXTURE}-huge`),
      data: { filler: 'x'.repeat(900 * 1024) },
    }),
  ];
}

function claimRequests({ id, namespace, claim }: SyncerTargets): readonly SyncerRequest[] {
  const update = maker(`/api/v1/namespaces/${namespace}`, 'claim-update');
  const itself = `persistentvolumeclaims/${controlPlaneClaim(id)}`;
  return [
    update('claim-volume', 'volume put into a claim afterwards', 'PUT', claimPath(claim), {
      ...claim,
      spec: { ...specOf(claim), volumeName: FIXTURE },
    }),
    update('claim-finalizer', 'claim that cannot be deleted', 'PUT', claimPath(claim), {
      ...claim,
      metadata: {
        ...claim.metadata,
        finalizers: [...(claim.metadata.finalizers ?? []), 'tenantry.dev/verify'],
      },
    }),
    update('claim-delete', 'end of its control plane’s claim', 'DELETE', itself),
  ];
}

function serviceRequests({
  namespace,
  service,
  apiService,
}: SyncerTargets): readonly SyncerRequest[] {
  const update = maker(`/api/v1/namespaces/${namespace}`, 'service-update');
  const path = `services/${service.metadata.name}`;
  const api = `services/${apiService.metadata.name}`;
  const changed = (of: ObservedObject, change: Fields) => ({
    ...of,
    spec: { ...specOf(of), ...change },
  });
  const name = { type: 'ExternalName', externalName: 'example.com' };
  return [
    update('service-external-name', 'Service turned into an ExternalName', 'PUT', path, {
      ...service,
      spec: { ...name, ports: specOf(service)['ports'] },
    }),
    update(
      'service-external-ips',
      'externalIPs on its Service',
      'PUT',
      path,
      changed(service, { externalIPs: ['203.0.113.7'] }),
    ),
    update(
      'service-annotation',
      'proxy annotation on its Service',
      'PUT',
      path,
      annotated(service, 'traefik.io/service.serversscheme'),
    ),
    update(
      'api-service',
      'its API’s Service led elsewhere',
      'PUT',
      api,
      changed(apiService, { selector: { app: FIXTURE } }),
    ),
    update('api-service-delete', 'end of its API’s Service', 'DELETE', api),
  ];
}

/** What the host's own controllers would run, past the rules for a tenant's pods. */
function workloadRequests({
  namespace,
  statefulSet,
  pod,
}: SyncerTargets): readonly SyncerRequest[] {
  const apps = maker(`/apis/apps/v1/namespaces/${namespace}`, 'secret');
  const batch = maker(`/apis/batch/v1/namespaces/${namespace}`, 'secret');
  const itself = `statefulsets/${statefulSet.metadata.name}`;
  const { nodeName: _nodeName, ...spec } = specOf(pod);
  const labels = { app: FIXTURE };
  const template = { metadata: { labels }, spec };
  const workload = (kind: string, more: Fields = {}, of: object = template) => ({
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name: FIXTURE },
    spec: { template: of, ...more },
  });
  const selector = { matchLabels: labels };
  const always = { metadata: { labels }, spec: { ...spec, restartPolicy: 'Always' } };
  const once = { metadata: { labels }, spec: { ...spec, restartPolicy: 'Never' } };
  const sidecar = { name: FIXTURE, image: FIXTURE };
  const [container] = (specOf(statefulSet)['template'] as { spec: { containers: Fields[] } }).spec
    .containers;
  return [
    apps('stateful-set-image', 'other image in its StatefulSet', 'PATCH', itself, {
      spec: { template: { spec: { containers: [{ ...container, image: FIXTURE }, sidecar] } } },
    }),
    apps('stateful-set-scale', 'replicas of its StatefulSet', 'PATCH', `${itself}/scale`, {
      spec: { replicas: 0 },
    }),
    apps('stateful-set-delete', 'end of its StatefulSet', 'DELETE', itself),
    apps('deployment', 'Deployment', 'POST', 'deployments', {
      ...workload('Deployment', { selector, replicas: 0 }, always),
    }),
    apps('replica-set', 'ReplicaSet', 'POST', 'replicasets', {
      ...workload('ReplicaSet', { selector, replicas: 0 }, always),
    }),
    apps('daemon-set', 'DaemonSet', 'POST', 'daemonsets', {
      ...workload('DaemonSet', { selector }, always),
    }),
    batch('job', 'Job', 'POST', 'jobs', workload('Job', {}, once)),
  ];
}

/** What holds the tenant in, and what belongs to the whole host. */
function hostRequests({ id, namespace }: SyncerTargets): readonly SyncerRequest[] {
  const core = maker(`/api/v1/namespaces/${namespace}`, 'secret');
  const group = (name: string) => maker(`/apis/${name}/namespaces/${namespace}`, 'secret');
  const cluster = maker('/api/v1', 'secret');
  const network = group('networking.k8s.io/v1');
  const rbac = group('rbac.authorization.k8s.io/v1');
  const vcluster = vclusterName(id);
  const metadata = { name: FIXTURE };
  return [
    network(
      'policy-delete',
      'end of the NetworkPolicy default-deny',
      'DELETE',
      'networkpolicies/default-deny',
    ),
    network(
      'policy-change',
      'change of the NetworkPolicy workload',
      'PATCH',
      'networkpolicies/workload',
      {
        spec: { egress: [{}] },
      },
    ),
    network('ingress', 'Ingress', 'POST', 'ingresses', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata,
      spec: { defaultBackend: { service: { name: FIXTURE, port: { number: 80 } } } },
    }),
    core('quota', 'change of its quota', 'PATCH', `resourcequotas/${vcluster}`, {
      spec: { hard: { pods: '1000' } },
    }),
    core('limits', 'end of its limits', 'DELETE', `limitranges/${vcluster}`),
    rbac('own-role', 'change of its own Role', 'PATCH', `roles/vc-${vcluster}`, {
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    }),
    core(
      'token',
      'token of an account, asked of the host',
      'POST',
      `serviceaccounts/vc-workload-${vcluster}/token`,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {},
      },
    ),
    core('endpoints', 'Endpoints on the host', 'POST', 'endpoints', {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata,
      subsets: [{ addresses: [{ ip: '203.0.113.7' }], ports: [{ port: 80 }] }],
    }),
    group('discovery.k8s.io/v1')(
      'endpoint-slice',
      'EndpointSlice on the host',
      'POST',
      'endpointslices',
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata,
        addressType: 'IPv4',
        endpoints: [{ addresses: ['203.0.113.7'] }],
        ports: [],
      },
    ),
    group('policy/v1')(
      'disruption-budget',
      'PodDisruptionBudget that holds a node',
      'POST',
      'poddisruptionbudgets',
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata,
        spec: { maxUnavailable: 0, selector: {} },
      },
    ),
    group('coordination.k8s.io/v1')(
      'lease',
      'Lease that locks the operator out',
      'POST',
      'leases',
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata,
        spec: {},
      },
    ),
    cluster('namespace-labels', 'labels of its namespace', 'PATCH', `namespaces/${namespace}`, {
      metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    }),
    cluster(
      'kube-system',
      'ConfigMap in kube-system',
      'POST',
      'namespaces/kube-system/configmaps',
      {
        ...configMap(FIXTURE),
      },
    ),
    cluster('read-nodes', 'list of nodes', 'GET', 'nodes?limit=1'),
    cluster('read-pods', 'list of all pods', 'GET', 'pods?limit=1'),
    cluster('read-namespaces', 'list of namespaces', 'GET', 'namespaces?limit=1'),
  ];
}

function claimPath({ metadata }: ObservedObject): string {
  return `persistentvolumeclaims/${metadata.name}`;
}

function annotated(object: ObservedObject, key: string): object {
  const { metadata } = object;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [key]: 'x' } },
  };
}

function deletion(gracePeriodSeconds: number): object {
  return { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds };
}

function configMap(name: string, more: Fields = {}): NewObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more } };
}

function secret(
  name: string,
  type: string,
  annotations: Readonly<Record<string, string>> = {},
): NewObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, annotations }, type };
}
