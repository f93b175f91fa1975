import { vclusterName } from '@tenantry/tenants';
import type { Attack, Benign } from './attack.ts';
import { benignClaim } from './attacks.ts';
import { FIXTURE } from './fixtures.ts';
import type { NewObject } from './objects.ts';

/**
 * What only the host can refuse: inside, it is the tenant's own affair, or the syncer leaves it out.
 */
export function syncerAttacks(
  { pod, claim }: Benign,
  namespace: string,
  id: string,
): readonly Attack[] {
  const metadata = { name: `${FIXTURE}-${id}` };
  const changed = (object: NewObject, name: string, change: object): NewObject => ({
    ...object,
    metadata: { ...object.metadata, name: `${FIXTURE}-${name}` },
    spec: { ...(object['spec'] as object), ...change },
  });
  return [
    {
      name: 'node-name',
      text: 'pod put on a node past the scheduler',
      control: 'pod',
      object: changed(pod, 'node-name', { nodeName: 'tenantry-verify-no-node' }),
    },
    {
      name: 'host-token',
      text: 'pod with the host token of its syncer',
      control: 'pod',
      object: changed(pod, 'host-token', {
        serviceAccountName: `vc-${vclusterName(id)}`,
        automountServiceAccountToken: true,
      }),
    },
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

export function hostVolume(id: string): NewObject {
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
export function hostVolumeClaim(id: string): NewObject {
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
