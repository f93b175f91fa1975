import { ExpectedError, Fault } from '../cli/errors.ts';
import type { KubeObject } from '../tools/kubectl.ts';
import type { Place } from '../cluster/tenant-connection.ts';

/** In the control plane's volume, where vcluster's own `container://` snapshots lie. */
export const SNAPSHOT = '/data/tenantry-snapshot.tar.gz';
export const RESTORE_POD = 'tenantry-restore';

/** vcluster's own form of `container://…`. */
export function storageOptions(): string {
  const options = { type: 'container', container: { path: SNAPSHOT } };
  return Buffer.from(JSON.stringify(options)).toString('base64');
}

interface StatefulSetSpec {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly volumeClaimTemplates?: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: object;
  }[];
  readonly template: { readonly spec: PodSpec };
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly volumes?: readonly object[];
  readonly [field: string]: unknown;
}

interface Container {
  readonly name: string;
  readonly env?: readonly object[];
  readonly [field: string]: unknown;
}

/** The claim that the StatefulSet would make for its first pod. */
export function claimOf(statefulSet: KubeObject, { namespace, name }: Place): KubeObject {
  const { selector, volumeClaimTemplates = [] } = statefulSet['spec'] as StatefulSetSpec;
  const [template] = volumeClaimTemplates;
  if (template === undefined) {
    throw new Fault({
      what: `StatefulSet ${name}`,
      why: 'its control plane keeps its data in no volume of its own',
      todo: 'only a control plane with a volume can be archived and restored',
    });
  }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: `${template.metadata.name}-${name}-0`,
      namespace,
      labels: selector.matchLabels,
    },
    spec: template.spec,
  };
}

/** The control plane's pod, but that it waits for the snapshot, restores it and ends. */
export function restorePod(statefulSet: KubeObject, { namespace, name }: Place): KubeObject {
  const { template, volumeClaimTemplates = [] } = statefulSet['spec'] as StatefulSetSpec;
  const syncer = template.spec.containers.find((container) => container.name === 'syncer');
  if (syncer === undefined) throw new ExpectedError(`StatefulSet ${name} has no container syncer`);
  const { image, envFrom, env = [], volumeMounts, securityContext, resources } = syncer;
  const wait = `until [ -f ${SNAPSHOT} ]; do sleep 0.2; done`;
  const restore = `/vcluster restore --new-vcluster && rm -f ${SNAPSHOT}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: RESTORE_POD, namespace, labels: { app: RESTORE_POD } },
    spec: {
      ...template.spec,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      volumes: [
        ...(template.spec.volumes ?? []),
        ...volumeClaimTemplates.map(({ metadata }) => ({
          name: metadata.name,
          persistentVolumeClaim: { claimName: `${metadata.name}-${name}-0` },
        })),
      ],
      containers: [
        {
          name: RESTORE_POD,
          image,
          envFrom,
          volumeMounts,
          securityContext,
          resources,
          command: ['sh', '-c', `${wait}; ${restore}`],
          env: [...env, { name: 'VCLUSTER_STORAGE_OPTIONS', value: storageOptions() }],
        },
      ],
    },
  };
}
