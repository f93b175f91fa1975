import { vclusterName } from '@tenantry/tenants';
import { FIXTURE } from './fixtures.ts';
import {
  configMap,
  type Fields,
  maker,
  specOf,
  type SyncerRequest,
  type SyncerTargets,
} from './syncer-request.ts';

/** What the host's own controllers would run, past the rules for a tenant's pods. */
export function workloadRequests({
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
export function hostRequests({ id, namespace }: SyncerTargets): readonly SyncerRequest[] {
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
