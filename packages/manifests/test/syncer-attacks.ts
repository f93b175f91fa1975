import {
  controlPlaneClaim,
  hostNamespace,
  FORMER_INVENTORY_NAME,
  MAX_GRACE_SECONDS,
  MAX_OBJECT_BYTES,
  SYNCED_LABEL,
  SYNCER_ACCOUNT_PREFIX,
  vclusterName,
  WORKLOAD_ACCOUNT_PREFIX,
} from '@tenantry/tenants';

/** A request that an account in a tenant's namespace sends to the host's API, and what refuses it. */
export interface SyncerAttack {
  /** Unique; kebab-case. */
  readonly name: string;
  /** What it is, for a report. */
  readonly text: string;
  /** Name of the admission policy that refuses it, whatever rights the account has. */
  readonly policy: string;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** Of the host's API; without a query. */
  readonly path: string;
  /** An object; of a PATCH a JSON merge patch, of a DELETE its options. */
  readonly body?: object;
}

export interface SyncerAttackProps {
  readonly tenantId: string;
  /** Another namespace than the tenant's, for what reaches beyond it. */
  readonly foreignNamespace: string;
  /** Names on the host of a running pod and of a Service that the syncer has brought. */
  readonly syncedPod: string;
  readonly syncedService: string;
  /** An image, for pods that must not come to be. */
  readonly image: string;
}

/**
 * What the attacks make is called so, and the runtime class that one of them asks for: of a class
 * that is not there the API server refuses the pod before it asks a policy.
 */
const NAME = 'tenantry-verify-attack';

/**
 * What a syncer in the wrong hands would try on the host. Sent with `dryRun=All` nothing is stored,
 * also where a policy is missing.
 */
export function syncerAttacks(props: SyncerAttackProps): readonly SyncerAttack[] {
  return [
    ...podAttacks(props),
    ...liveAttacks(props),
    ...objectAttacks(props),
    ...kindAttacks(props),
  ];
}

/** A pod as the syncer brings it: all that the policies ask for. */
export function harmlessPod({ tenantId, image }: Pick<SyncerAttackProps, 'tenantId' | 'image'>) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: NAME,
      namespace: hostNamespace(tenantId),
      labels: { [SYNCED_LABEL]: vclusterName(tenantId) } as Record<string, string>,
    },
    spec: {
      automountServiceAccountToken: false,
      serviceAccountName: `${WORKLOAD_ACCOUNT_PREFIX}${vclusterName(tenantId)}`,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          ...harmlessContainer(image),
          resources: {
            requests: { cpu: '1m', memory: '1Mi' },
            limits: { cpu: '1m', memory: '1Mi' },
          },
        },
      ],
    },
  };
}

function harmlessContainer(image: string) {
  return {
    name: 'attack',
    image,
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      runAsUser: 65532,
    },
  };
}

function podAttacks(props: SyncerAttackProps): readonly SyncerAttack[] {
  const harmless = harmlessPod(props);
  const path = `/api/v1/namespaces/${hostNamespace(props.tenantId)}/pods`;
  const pod = (
    policy: string,
    name: string,
    text: string,
    spec: object,
    metadata: object = {},
  ): SyncerAttack => ({
    name,
    text,
    policy,
    method: 'POST',
    path,
    body: {
      ...harmless,
      metadata: { ...harmless.metadata, ...metadata },
      spec: { ...harmless.spec, ...spec },
    },
  });
  const projected = (source: object) => ({
    volumes: [{ name: 'credential', projected: { sources: [source] } }],
  });
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: {} };
  const foreign = { ...term, namespaces: [props.foreignNamespace] };
  const everywhere = { ...term, namespaceSelector: {} };
  const annotated = (key: string) => ({ annotations: { [key]: 'x' } });
  return [
    pod('tenantry-pods', 'inline-volume', "pod with a volume of a driver's own", {
      volumes: [{ name: 'driver', csi: { driver: 'secrets-store.csi.k8s.io' } }],
    }),
    pod('tenantry-pods', 'runtime-class', "pod with a runtime class of the host's", {
      runtimeClassName: NAME,
    }),
    pod('tenantry-pods', 'node-name', 'pod put on a node past the scheduler', {
      nodeName: 'tenantry-verify-no-node',
    }),
    pod('tenantry-pods', 'grace-period', 'pod that takes 11 days to end', {
      terminationGracePeriodSeconds: 1_000_000,
    }),
    pod('tenantry-pods', 'grace-limit', 'pod that takes a second more than allowed to end', {
      terminationGracePeriodSeconds: MAX_GRACE_SECONDS + 1,
    }),
    pod(
      'tenantry-tenant-pods',
      'control-plane-labels',
      "pod with the control plane's labels, which may reach the host's API",
      {},
      { labels: { app: 'vcluster', release: vclusterName(props.tenantId) } },
    ),
    pod('tenantry-tenant-pods', 'automounted-token', "pod with its account's token", {
      automountServiceAccountToken: true,
    }),
    pod(
      'tenantry-tenant-pods',
      'projected-token',
      'pod with a projected token of the host',
      projected({ serviceAccountToken: { path: 'token' } }),
    ),
    pod(
      'tenantry-tenant-pods',
      'pod-certificate',
      'pod with a certificate of the host',
      projected({
        podCertificate: {
          signerName: 'kubernetes.io/kube-apiserver-client-pod',
          keyType: 'ED25519',
          credentialBundlePath: 'bundle',
        },
      }),
    ),
    pod(
      'tenantry-tenant-pods',
      'trust-bundle',
      'pod with a trust bundle of the host',
      projected({ clusterTrustBundle: { name: 'host', path: 'ca' } }),
    ),
    pod('tenantry-tenant-pods', 'syncer-account', 'pod under the account of the syncer', {
      serviceAccountName: `${SYNCER_ACCOUNT_PREFIX}${vclusterName(props.tenantId)}`,
    }),
    pod('tenantry-tenant-pods', 'anti-affinity', "pod that keeps another tenant's pods pending", {
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [foreign] } },
    }),
    pod('tenantry-tenant-pods', 'anti-affinity-all', 'pod that keeps all pods away', {
      affinity: {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [everywhere] },
      },
    }),
    pod('tenantry-tenant-pods', 'affinity', "pod that follows another tenant's pods", {
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [foreign] } },
    }),
    pod('tenantry-tenant-pods', 'preferred-affinity', "pod that draws another tenant's near", {
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 100, podAffinityTerm: everywhere },
          ],
        },
      },
    }),
    pod('tenantry-tenant-pods', 'scheduler', 'pod for another scheduler', {
      schedulerName: 'other',
    }),
    pod('tenantry-tenant-pods', 'device', 'pod that claims a device of the host', {
      resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }],
    }),
    pod(
      'tenantry-metadata',
      'pod-finalizer',
      'pod that can never go',
      {},
      {
        finalizers: ['tenantry.dev/never'],
      },
    ),
    ...[
      'k8s.v1.cni.cncf.io/networks',
      'cni.projectcalico.org/ipAddrs',
      'policy.cilium.io/no-track-port',
      'kubernetes.io/egress-bandwidth',
      'sidecar.istio.io/inject',
      'vault.hashicorp.com/agent-inject',
    ].map((key) =>
      pod(
        'tenantry-metadata',
        `annotation-${key.replaceAll(/[./]/g, '-').toLowerCase()}`,
        `pod with annotation ${key}`,
        {},
        annotated(key),
      ),
    ),
  ];
}

/** What is done to objects that are there. */
function liveAttacks(props: SyncerAttackProps): readonly SyncerAttack[] {
  const { tenantId, syncedPod, syncedService } = props;
  const at = `/api/v1/namespaces/${hostNamespace(tenantId)}`;
  const vcluster = vclusterName(tenantId);
  const controlPlane = `${at}/pods/${vcluster}-0`;
  const patch = (
    policy: string,
    name: string,
    text: string,
    path: string,
    body: object,
  ): SyncerAttack => ({ name, text, policy, method: 'PATCH', path, body });
  const remove = (
    policy: string,
    name: string,
    text: string,
    path: string,
    options: object = {},
  ): SyncerAttack => ({
    name,
    text,
    policy,
    method: 'DELETE',
    path,
    body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options },
  });
  const status = (name: string, text: string, change: object) =>
    patch('tenantry-pod-status', name, text, `${at}/pods/${syncedPod}/status`, { status: change });
  return [
    status('pod-ip', "pod's address forged in its status", {
      podIP: '169.254.169.254',
      podIPs: [{ ip: '169.254.169.254' }],
    }),
    status('host-ip', "pod's node forged in its status", {
      hostIP: '192.0.2.1',
      hostIPs: [{ ip: '192.0.2.1' }],
    }),
    status('phase', 'phase forged: a pod that ended counts in no quota', { phase: 'Succeeded' }),
    status('allocated-resources', 'resources forged that the scheduler counts', {
      allocatedResources: { cpu: '0' },
    }),
    status('container-status', 'container states forged', { containerStatuses: [] }),
    patch(
      'tenantry-pod-status',
      'status-labels',
      "pod's labels written with its status",
      `${at}/pods/${syncedPod}/status`,
      { metadata: { labels: { app: 'vcluster' } } },
    ),
    patch(
      'tenantry-metadata',
      'status-finalizer',
      'finalizer written with a status',
      `${at}/pods/${syncedPod}/status`,
      {
        metadata: { finalizers: ['tenantry.dev/never'] },
      },
    ),
    patch(
      'tenantry-tenant-pods',
      'lost-label',
      'pod taken out of the policies by its labels',
      `${at}/pods/${syncedPod}`,
      {
        metadata: { labels: { [SYNCED_LABEL]: null, app: 'vcluster', release: vcluster } },
      },
    ),
    patch('tenantry-tenant-pods', 'control-plane-pod', 'control plane relabelled', controlPlane, {
      metadata: { labels: { [SYNCED_LABEL]: vcluster } },
    }),
    patch(
      'tenantry-tenant-pods',
      'control-plane-debug',
      'container put into the control plane',
      `${controlPlane}/ephemeralcontainers`,
      { spec: { ephemeralContainers: [{ ...harmlessContainer(props.image), name: 'debug' }] } },
    ),
    remove(
      'tenantry-pod-deletion',
      'control-plane-deletion',
      'control plane deleted',
      controlPlane,
    ),
    remove(
      'tenantry-pod-deletion',
      'deletion-grace',
      'pod deleted with 11 days to end',
      `${at}/pods/${syncedPod}`,
      { gracePeriodSeconds: 1_000_000 },
    ),
    patch(
      'tenantry-services',
      'external-name',
      'Service turned into an ExternalName',
      `${at}/services/${syncedService}`,
      {
        spec: { type: 'ExternalName', externalName: 'example.com' },
      },
    ),
    patch(
      'tenantry-control-plane-services',
      'api-service',
      "Service of the tenant's API led elsewhere",
      `${at}/services/${vcluster}`,
      { spec: { selector: { app: 'other' } } },
    ),
    remove(
      'tenantry-control-plane-services',
      'api-service-deletion',
      "Service of the tenant's API deleted",
      `${at}/services/${vcluster}`,
    ),
    patch(
      'tenantry-tenant-claims',
      'control-plane-claim',
      'claim of the control plane bound anew',
      `${at}/persistentvolumeclaims/${controlPlaneClaim(tenantId)}`,
      { metadata: { labels: { changed: 'true' } } },
    ),
    remove(
      'tenantry-tenant-claims',
      'control-plane-claim-deletion',
      'claim of the control plane deleted',
      `${at}/persistentvolumeclaims/${controlPlaneClaim(tenantId)}`,
    ),
    patch(
      'tenantry-secrets',
      'values',
      "control plane's values changed",
      `${at}/secrets/vc-config-${vcluster}`,
      { data: { 'config.yaml': 'eA==' } },
    ),
    patch(
      'tenantry-secrets',
      'release',
      "Helm's record of the release changed",
      `${at}/secrets/sh.helm.release.v1.${vcluster}.v1`,
      { data: { release: 'eA==' } },
    ),
    remove(
      'tenantry-secrets',
      'release-deletion',
      "Helm's record of the release deleted",
      `${at}/secrets/sh.helm.release.v1.${vcluster}.v1`,
    ),
    patch(
      'tenantry-accounts',
      'replicas',
      'control plane scaled',
      `/apis/apps/v1/namespaces/${hostNamespace(tenantId)}/statefulsets/${vcluster}/scale`,
      { spec: { replicas: 3 } },
    ),
    patch(
      'tenantry-accounts',
      'sidecar',
      'sidecar put into the control plane',
      `/apis/apps/v1/namespaces/${hostNamespace(tenantId)}/statefulsets/${vcluster}`,
      { metadata: { labels: { changed: 'true' } } },
    ),
    patch(
      'tenantry-accounts',
      'namespace-labels',
      'Pod Security switched off',
      `/api/v1/namespaces/${hostNamespace(tenantId)}`,
      { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
    ),
    remove(
      'tenantry-accounts',
      'network-policy-deletion',
      'NetworkPolicy deleted',
      `/apis/networking.k8s.io/v1/namespaces/${hostNamespace(tenantId)}/networkpolicies/default-deny`,
    ),
  ];
}

/** Objects of the kinds that a syncer writes, with what they must not hold. */
function objectAttacks({ tenantId, foreignNamespace }: SyncerAttackProps): readonly SyncerAttack[] {
  const namespace = hostNamespace(tenantId);
  const vcluster = vclusterName(tenantId);
  const create = (
    policy: string,
    name: string,
    text: string,
    kind: 'ConfigMap' | 'Secret' | 'Service' | 'PersistentVolumeClaim',
    { metadata = {}, ...rest }: { readonly metadata?: object; readonly [field: string]: unknown },
  ): SyncerAttack => ({
    name,
    text,
    policy,
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s`,
    body: { apiVersion: 'v1', kind, metadata: { name: NAME, namespace, ...metadata }, ...rest },
  });
  const claim = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Mi' } },
  };
  const ports = [{ port: 80 }];
  const large = 'x'.repeat(MAX_OBJECT_BYTES + 1);
  const annotated = (key: string) => ({ metadata: { annotations: { [key]: 'x' } } });
  return [
    create('tenantry-configmaps', 'inventory', 'inventory of what deploy may prune', 'ConfigMap', {
      metadata: { name: FORMER_INVENTORY_NAME },
    }),
    create(
      'tenantry-configmaps',
      'large-configmap',
      "ConfigMap that fills the host's etcd",
      'ConfigMap',
      {
        data: { large },
      },
    ),
    create('tenantry-metadata', 'configmap-finalizer', 'ConfigMap that can never go', 'ConfigMap', {
      metadata: { finalizers: ['tenantry.dev/never'] },
    }),
    create('tenantry-secrets', 'large-secret', "Secret that fills the host's etcd", 'Secret', {
      stringData: { large },
    }),
    create('tenantry-secrets', 'token-secret', 'Secret with a token of the host', 'Secret', {
      metadata: {
        annotations: {
          'kubernetes.io/service-account.name': `${SYNCER_ACCOUNT_PREFIX}${vcluster}`,
        },
      },
      type: 'kubernetes.io/service-account-token',
    }),
    create('tenantry-secrets', 'release-record', "a record of Helm's", 'Secret', {
      metadata: { name: `sh.helm.release.v1.${vcluster}.v999` },
      type: 'helm.sh/release.v1',
    }),
    create('tenantry-metadata', 'replicated-secret', 'Secret that copies another', 'Secret', {
      ...annotated('replicator.v1.mittwald.de/replicate-from'),
    }),
    create('tenantry-services', 'external-name-service', 'ExternalName Service', 'Service', {
      spec: { type: 'ExternalName', externalName: `x.${foreignNamespace}.svc.cluster.local` },
    }),
    create('tenantry-services', 'external-ips', 'Service with externalIPs', 'Service', {
      spec: { ports, externalIPs: ['192.0.2.1'] },
    }),
    create('tenantry-services', 'load-balancer', 'LoadBalancer Service', 'Service', {
      spec: { ports, type: 'LoadBalancer' },
    }),
    ...[
      'traefik.ingress.kubernetes.io/service.serverstransport',
      'traefik.io/service.passhostheader',
      'service.beta.kubernetes.io/aws-load-balancer-type',
      'external-dns.alpha.kubernetes.io/hostname',
    ].map((key) =>
      create(
        'tenantry-metadata',
        `annotation-${key.replaceAll(/[./]/g, '-')}`,
        `Service with annotation ${key}`,
        'Service',
        { ...annotated(key), spec: { ports } },
      ),
    ),
    create('tenantry-metadata', 'service-finalizer', 'Service that can never go', 'Service', {
      metadata: { finalizers: ['tenantry.dev/never'] },
      spec: { ports },
    }),
    create('tenantry-claims', 'volume-name', 'claim that names a volume', 'PersistentVolumeClaim', {
      spec: { ...claim, volumeName: 'somebody-elses' },
    }),
    create(
      'tenantry-claims',
      'storage-class',
      'claim of a foreign storage class',
      'PersistentVolumeClaim',
      {
        spec: { ...claim, storageClassName: 'somebody-elses' },
      },
    ),
  ];
}

/** Kinds that no syncer writes, and other namespaces. */
function kindAttacks({ tenantId, foreignNamespace }: SyncerAttackProps): readonly SyncerAttack[] {
  const namespace = hostNamespace(tenantId);
  const create = (
    name: string,
    text: string,
    [group, plural, kind]: readonly [string, string, string],
    rest: object,
    where: string | null = namespace,
  ): SyncerAttack => ({
    name,
    text,
    policy: 'tenantry-accounts',
    method: 'POST',
    path: [
      group === 'v1' ? '/api/v1' : `/apis/${group}`,
      ...(where === null ? [] : [`namespaces/${where}`]),
      plural,
    ].join('/'),
    body: {
      apiVersion: group,
      kind,
      metadata: { name: NAME, ...(where === null ? {} : { namespace: where }) },
      ...rest,
    },
  });
  const template = {
    metadata: { labels: { app: NAME } },
    spec: { containers: [{ name: 'attack', image: 'attack' }] },
  };
  const workload = { spec: { selector: { matchLabels: { app: NAME } }, template } };
  const binding = {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
  };
  return [
    create(
      'deployment',
      'Deployment on the host',
      ['apps/v1', 'deployments', 'Deployment'],
      workload,
    ),
    create('daemon-set', 'DaemonSet on the host', ['apps/v1', 'daemonsets', 'DaemonSet'], workload),
    create('job', 'Job on the host', ['batch/v1', 'jobs', 'Job'], {
      spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
    }),
    create('endpoints', 'Endpoints of its choice', ['v1', 'endpoints', 'Endpoints'], {
      subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }],
    }),
    create(
      'endpoint-slice',
      'EndpointSlice of its choice',
      ['discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice'],
      { addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.1'] }], ports: [] },
    ),
    create('event', 'Event on the host', ['v1', 'events', 'Event'], {
      involvedObject: { kind: 'Pod', namespace, name: 'x' },
    }),
    create(
      'network-policy',
      'NetworkPolicy of its own',
      ['networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy'],
      { spec: { podSelector: {}, egress: [{}] } },
    ),
    create('ingress', 'Ingress of its own', ['networking.k8s.io/v1', 'ingresses', 'Ingress'], {
      spec: { defaultBackend: { service: { name: 'x', port: { number: 80 } } } },
    }),
    create(
      'role-binding',
      'RoleBinding of its own',
      ['rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding'],
      binding,
    ),
    create('namespace', 'Namespace of its own', ['v1', 'namespaces', 'Namespace'], {}, null),
    create(
      'host-volume',
      'PersistentVolume of its own',
      ['v1', 'persistentvolumes', 'PersistentVolume'],
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          capacity: { storage: '1Mi' },
          hostPath: { path: '/' },
        },
      },
      null,
    ),
    create(
      'cluster-role-binding',
      'ClusterRoleBinding of its own',
      ['rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding'],
      binding,
      null,
    ),
    create(
      'foreign-namespace',
      'ConfigMap in another namespace',
      ['v1', 'configmaps', 'ConfigMap'],
      {},
      foreignNamespace,
    ),
  ];
}
