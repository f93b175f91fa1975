import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { valueAt } from '@tenantry/tenants';
import type { Json, KubeObject } from '../kube-object.ts';

type PodSpec = Json<V1PodSpec>;
type Container = Json<V1Container>;

const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The template of the pods that an object makes; undefined where it makes none. */
export function podTemplateOf(object: KubeObject | null): unknown {
  const path = TEMPLATES[object?.kind ?? ''];
  return path === undefined ? undefined : valueAt(object, path);
}

function podSpecOf(object: KubeObject | null): PodSpec | undefined {
  const spec = object?.kind === 'Pod' ? object['spec'] : valueAt(podTemplateOf(object), ['spec']);
  return spec as PodSpec | undefined;
}

function containersOf(spec: PodSpec | undefined): readonly Container[] {
  return [spec?.initContainers ?? [], spec?.containers ?? []].flatMap((containers) => {
    if (!Array.isArray(containers)) throw new TypeError('its containers are no list');
    return containers as readonly Container[];
  });
}

/** Images that are new and may mean something else tomorrow. */
export function movingImages(before: KubeObject | null, after: KubeObject): readonly string[] {
  const had = new Set(containersOf(podSpecOf(before)).map(({ image }) => image));
  const images = containersOf(podSpecOf(after)).flatMap(({ image = '' }) => [image]);
  return [...new Set(images)].filter((image) => !had.has(image) && !isFixed(image));
}

/** By digest, or by a tag that has a number in it: `latest`, `main` and `stable` move. */
function isFixed(image: string): boolean {
  if (image.includes('@sha256:')) return true;
  const [, tag = ''] = /:([^:/]+)$/.exec(image) ?? [];
  return /\d/.test(tag);
}

/** In what pods may do more to their node, or on it, than before. */
export function loosenedPods(before: KubeObject | null, after: KubeObject): readonly string[] {
  const had = new Set(freedomsOf(podSpecOf(before)));
  return freedomsOf(podSpecOf(after)).filter((freedom) => !had.has(freedom));
}

function freedomsOf(spec: PodSpec | undefined): readonly string[] {
  if (spec === undefined) return [];
  const { securityContext, hostNetwork, hostPID, hostIPC, volumes = [] } = spec;
  return [
    ...(hostNetwork === true ? ['hostNetwork'] : []),
    ...(hostPID === true ? ['hostPID'] : []),
    ...(hostIPC === true ? ['hostIPC'] : []),
    ...volumes.flatMap(({ hostPath }) => (hostPath ? [`hostPath ${hostPath.path}`] : [])),
    ...containersOf(spec).flatMap(({ name, securityContext: own }) => {
      const runAsNonRoot = own?.runAsNonRoot ?? securityContext?.runAsNonRoot;
      const seccomp = own?.seccompProfile?.type ?? securityContext?.seccompProfile?.type;
      return [
        ...(own?.privileged === true ? [`${name} is privileged`] : []),
        ...(own?.allowPrivilegeEscalation === false ? [] : [`${name} may gain privileges`]),
        ...(runAsNonRoot === true ? [] : [`${name} may run as root`]),
        ...(seccomp === undefined || seccomp === 'Unconfined' ? [`${name} has no seccomp`] : []),
        ...(own?.capabilities?.add ?? []).map((capability) => `${name} has ${capability}`),
      ];
    }),
  ];
}
