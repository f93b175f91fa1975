import type { KubeObject, ObjectOf, Place } from '@tenantry/plan';
import type { V1StatefulSet } from '@tenantry/kube-library';
import { ExpectedError, Fault } from '../cli/errors.ts';

/** In the control plane's volume, where vcluster's own `container://` snapshots lie. */
export const SNAPSHOT = '/data/tenantry-snapshot.tar.gz';
export const RESTORE_POD = 'tenantry-restore';

/** vcluster's own form of `container://…`. */
export function storageOptions(): string {
  const options = { type: 'container', container: { path: SNAPSHOT } };
  return Buffer.from(JSON.stringify(options)).toString('base64');
}

/** What its pods are made of: their spec, and the claims that each gets of its own. */
function partsOf(statefulSet: KubeObject) {
  const { metadata, spec } = statefulSet as ObjectOf<V1StatefulSet>;
  const pod = spec?.template.spec;
  if (pod === undefined) throw new ExpectedError(`StatefulSet ${metadata.name} makes no pods`);
  const claims = (spec?.volumeClaimTemplates ?? []).map((claim) => ({
    volume: claim.metadata?.name ?? '',
    name: `${claim.metadata?.name}-${metadata.name}-0`,
    spec: claim.spec,
  }));
  return { pod, claims, labels: spec?.selector.matchLabels ?? {} };
}

/** The claim that the StatefulSet would make for its first pod. */
export function claimOf(statefulSet: KubeObject, { namespace, name }: Place): KubeObject {
  const {
    claims: [claim],
    labels,
  } = partsOf(statefulSet);
  if (claim === undefined) {
    throw new Fault({
      what: `StatefulSet ${name}`,
      why: 'its control plane keeps its data in no volume of its own',
      todo: 'only a control plane with a volume can be archived and restored',
    });
  }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claim.name, namespace, labels },
    spec: claim.spec,
  };
}

/** The control plane's pod, but that it waits for the snapshot, restores it and ends. */
export function restorePod(statefulSet: KubeObject, { namespace, name }: Place): KubeObject {
  const { pod, claims } = partsOf(statefulSet);
  const syncer = pod.containers.find((container) => container.name === 'syncer');
  if (syncer === undefined) throw new ExpectedError(`StatefulSet ${name} has no container syncer`);
  const { image, envFrom, env = [], volumeMounts, securityContext, resources } = syncer;
  const wait = `until [ -f ${SNAPSHOT} ]; do sleep 0.2; done`;
  const restore = `/vcluster restore --new-vcluster && rm -f ${SNAPSHOT}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: RESTORE_POD, namespace, labels: { app: RESTORE_POD } },
    spec: {
      ...pod,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      volumes: [
        ...(pod.volumes ?? []),
        ...claims.map(({ volume, name: claimName }) => ({
          name: volume,
          persistentVolumeClaim: { claimName },
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
