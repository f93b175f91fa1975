import { isDeepStrictEqual } from 'node:util';
import { valueAt } from '@tenantry/tenants';
import type { KubeObject } from '../kube-object.ts';

type Path = readonly string[];

const SELECTOR: Path = ['spec', 'selector'];
const BINDING: readonly Path[] = [['roleRef']];

/** Fields that Kubernetes never changes, by kind. */
const IMMUTABLE: Readonly<Record<string, readonly Path[]>> = {
  Deployment: [SELECTOR],
  ReplicaSet: [SELECTOR],
  DaemonSet: [SELECTOR],
  StatefulSet: [
    SELECTOR,
    ['spec', 'serviceName'],
    ['spec', 'podManagementPolicy'],
    ['spec', 'volumeClaimTemplates'],
  ],
  Job: [SELECTOR, ['spec', 'template'], ['spec', 'completionMode']],
  PersistentVolumeClaim: [
    ['spec', 'accessModes'],
    SELECTOR,
    ['spec', 'storageClassName'],
    ['spec', 'volumeMode'],
    ['spec', 'volumeName'],
    ['spec', 'dataSource'],
    ['spec', 'dataSourceRef'],
  ],
  StorageClass: [['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']],
  PriorityClass: [['value'], ['preemptionPolicy']],
  RuntimeClass: [['handler']],
  Secret: [['type']],
  RoleBinding: BINDING,
  ClusterRoleBinding: BINDING,
};

/** Held by an object that says of itself that it never changes. */
const CONTENT: readonly Path[] = [['data'], ['binaryData'], ['stringData'], ['immutable']];

/** The paths of what is to change and cannot. */
export function immutableFields(before: KubeObject, after: KubeObject): readonly string[] {
  const isSealed =
    before['immutable'] === true && (before.kind === 'ConfigMap' || before.kind === 'Secret');
  const paths = [...(IMMUTABLE[before.kind] ?? []), ...(isSealed ? CONTENT : [])];
  const isSet = (value: unknown) => value !== undefined && value !== '' && value !== 'None';
  const [was, is] = [before, after].map((object) => valueAt(object, ['spec', 'clusterIP']));
  const isMoved = before.kind === 'Service' && isSet(was) && isSet(is) && was !== is;
  return [
    ...paths
      .filter((path) => !isDeepStrictEqual(valueAt(before, path), valueAt(after, path)))
      .map((path) => path.join('.')),
    ...(isMoved ? ['spec.clusterIP'] : []),
  ];
}
