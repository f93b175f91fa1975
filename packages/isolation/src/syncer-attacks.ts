import { SYNCED_LABEL, vclusterName } from '@tenantry/tenants';
import type { KubeObject } from '@tenantry/plan';
import type { Attack, Benign } from './attack.ts';
import { benignClaim } from './attacks.ts';
import { FIXTURE } from './fixtures.ts';

/** A class that verify makes on the host for as long as it runs, so that a refusal is no lack of it. */
export function runtimeClass(): KubeObject {
  return {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: FIXTURE },
    handler: FIXTURE,
  };
}

/** Annotations by which network plugins and proxies are told to do something for a pod. */
const ANNOTATIONS = {
  'cni-networks': 'k8s.v1.cni.cncf.io/networks',
  'cni-address': 'cni.projectcalico.org/ipAddrs',
  bandwidth: 'kubernetes.io/egress-bandwidth',
  proxy: 'proxy.istio.io/config',
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** What only the host can refuse of new objects: inside, it is the tenant's own affair. */
export function syncerAttacks(benign: Benign, namespace: string, id: string): readonly Attack[] {
  return [
    ...podsByHost(benign.pod, id),
    ...servicesByHost(benign.service),
    ...others(benign, namespace, id),
  ];
}

function changed(object: KubeObject, name: string, change: object): KubeObject {
  return {
    ...object,
    metadata: { ...object.metadata, name: `${FIXTURE}-${name}` },
    spec: { ...(object['spec'] as object), ...change },
  };
}

function podsByHost(pod: KubeObject, id: string): readonly Attack[] {
  const attack = (name: string, text: string, change: object): Attack => ({
    name,
    text,
    control: 'pod',
    object: changed(pod, name, change),
  });
  const withMetadata = (name: string, text: string, metadata: object): Attack => {
    const object = changed(pod, name, {});
    return {
      name,
      text,
      control: 'pod',
      object: { ...object, metadata: { ...object.metadata, ...metadata } },
    };
  };
  const projected = (source: object) => ({
    volumes: [
      ...(((pod['spec'] as Fields)['volumes'] as object[] | undefined) ?? []),
      { name: FIXTURE, projected: { sources: [source] } },
    ],
  });
  const everywhere = {
    topologyKey: 'kubernetes.io/hostname',
    labelSelector: {},
    namespaceSelector: {},
  };
  const { [SYNCED_LABEL]: _mark, ...unmarked } = pod.metadata.labels ?? {};
  return [
    attack('node-name', 'pod put on a node past the scheduler', {
      nodeName: 'tenantry-verify-no-node',
    }),
    attack('scheduler', 'pod for a scheduler of its own', { schedulerName: FIXTURE }),
    attack('host-token', 'pod with the host token of its syncer', {
      serviceAccountName: `vc-${vclusterName(id)}`,
      automountServiceAccountToken: true,
    }),
    attack('syncer-account', 'pod under its syncer’s account', {
      serviceAccountName: `vc-${vclusterName(id)}`,
    }),
    attack('projected-token', 'pod with a projected host token', {
      ...projected({ serviceAccountToken: { path: 'token' } }),
    }),
    {
      ...attack('pod-certificate', 'pod with a host certificate', {
        ...projected({
          podCertificate: {
            signerName: 'tenantry.dev/verify',
            keyType: 'ED25519',
            credentialBundlePath: 'bundle.pem',
          },
        }),
      }),
      optional: true,
    },
    {
      ...attack('trust-bundle', 'pod with a host trust bundle', {
        ...projected({ clusterTrustBundle: { name: FIXTURE, path: 'ca.pem', optional: true } }),
      }),
      optional: true,
    },
    attack('grace-period', 'pod that takes eleven days to end', {
      terminationGracePeriodSeconds: 11 * 24 * 3600,
    }),
    attack('runtime-class', 'pod with another runtime', { runtimeClassName: FIXTURE }),
    attack('anti-affinity', 'pod that keeps other tenants’ off its node', {
      affinity: {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [everywhere] },
      },
    }),
    attack('affinity', 'pod that looks for other tenants’', {
      affinity: {
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, podAffinityTerm: everywhere },
          ],
        },
      },
    }),
    {
      ...attack('device', 'pod that claims a device of the host', {
        resourceClaims: [{ name: FIXTURE, resourceClaimName: FIXTURE }],
      }),
      optional: true,
    },
    attack('csi', 'pod with a volume of a driver’s own', {
      volumes: [{ name: FIXTURE, csi: { driver: 'verify.tenantry.dev' } }],
    }),
    withMetadata('unmarked', 'pod without the mark that policies go by', { labels: unmarked }),
    withMetadata('pod-finalizer', 'pod that cannot be deleted', {
      finalizers: ['tenantry.dev/verify'],
    }),
    ...Object.entries(ANNOTATIONS).map(([name, key]) =>
      withMetadata(`annotation-${name}`, `pod with ${key}`, {
        annotations: { ...pod.metadata.annotations, [key]: '1M' },
      }),
    ),
  ];
}

function servicesByHost(service: KubeObject): readonly Attack[] {
  const name = 'external-name';
  return [
    {
      name,
      text: 'ExternalName Service',
      control: 'service',
      object: {
        ...service,
        metadata: { ...service.metadata, name: `${FIXTURE}-${name}` },
        spec: { type: 'ExternalName', externalName: 'example.com' },
      },
    },
  ];
}

function others({ claim }: Benign, namespace: string, id: string): readonly Attack[] {
  const metadata = { name: `${FIXTURE}-${id}` };
  return [
    {
      name: 'volume-name',
      text: 'claim that names a volume',
      control: 'claim',
      object: changed(claim, 'volume-name', { volumeName: hostVolume(id).metadata.name }),
    },
    {
      name: 'host-volume',
      text: 'hostPath PersistentVolume',
      control: 'claim',
      object: hostVolume(id),
    },
    {
      name: 'network-policy',
      text: 'NetworkPolicy of its own',
      control: 'pod',
      object: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { ...metadata, namespace },
        spec: { podSelector: {}, egress: [{}] },
      },
    },
    {
      name: 'role-binding',
      text: 'RoleBinding of its own',
      control: 'pod',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { ...metadata, namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
      },
    },
    {
      name: 'namespace',
      text: 'Namespace of its own',
      control: 'pod',
      object: { apiVersion: 'v1', kind: 'Namespace', metadata },
    },
  ];
}

export function hostVolume(id: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${FIXTURE}-${id}` },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Mi' },
      hostPath: { path: '/' },
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: '',
    },
  };
}

/** A claim on the volume above. */
export function hostVolumeClaim(id: string): KubeObject {
  const claim = benignClaim(FIXTURE);
  return {
    ...claim,
    metadata: { name: `${FIXTURE}-host-volume`, namespace: FIXTURE },
    spec: {
      ...(claim['spec'] as object),
      storageClassName: '',
      volumeName: hostVolume(id).metadata.name,
    },
  };
}
