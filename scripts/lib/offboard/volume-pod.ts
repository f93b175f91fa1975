import type { KubeObject } from '@tenantry/plan';
import { ExpectedError } from '../cli/errors.ts';
import type { VolumeStream } from './volume-streams.ts';

export const VOLUME_POD = 'tenantry-volume';

export interface VolumePodOptions {
  /** On the host. */
  readonly namespace: string;
  /** What the stream's claims are called there, in their order. */
  readonly claims: readonly string[];
  /** The runtime class of the tenant's pods. */
  readonly runtimeClass: string | null;
}

/**
 * A pod on the host like the StatefulSet's, as dist/ has it, on the volumes of a stream: its one
 * container, without what is from ConfigMaps, Secrets and accounts of the tenant's cluster.
 */
export function volumePod(
  { name, pod, claims, method }: VolumeStream,
  { namespace, claims: hostClaims, runtimeClass }: VolumePodOptions,
): KubeObject {
  const container = pod.containers.find((each) => each.name === method.container);
  if (container === undefined) {
    throw new ExpectedError(`the pod ${name} of the workload has no container ${method.container}`);
  }
  const { env = [], envFrom: _, volumeMounts = [], ...rest } = container;
  const volumes = [
    ...(pod.volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined),
    ...claims.map(({ volume }, index) => ({
      name: volume,
      persistentVolumeClaim: { claimName: hostClaims[index] ?? '' },
    })),
  ];
  const mounted = new Set(volumes.map((volume) => volume.name));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: VOLUME_POD, namespace, labels: { app: VOLUME_POD } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      ...(pod.securityContext && { securityContext: pod.securityContext }),
      ...(pod.terminationGracePeriodSeconds !== undefined && {
        terminationGracePeriodSeconds: pod.terminationGracePeriodSeconds,
      }),
      ...(runtimeClass !== null && { runtimeClassName: runtimeClass }),
      containers: [
        {
          ...rest,
          env: env.filter(({ valueFrom }) => valueFrom === undefined),
          volumeMounts: volumeMounts.filter((mount) => mounted.has(mount.name)),
        },
      ],
      volumes,
    },
  };
}

/** The claims of a stream in a namespace where there are none yet. */
export function newClaims({ claims }: VolumeStream, namespace: string): readonly KubeObject[] {
  return claims.map(({ name, spec }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace },
    spec,
  }));
}
