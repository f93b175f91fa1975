import {
  DEFAULT_CONTAINER,
  type Footprint,
  formatBytes,
  formatCpu,
  quantityMilliValue,
  quantityValue,
  type Resources,
  sum,
  workloadPods,
  workloadStorage,
} from '@tenantry/tenants';
import { type Workload, workload } from '@tenantry/workload';
import type { ManifestObject } from './manifest-object.ts';
import { memo } from './memo.ts';

/**
 * Holds what the chart makes to what the workload says of its pods, by which plans and quotas are
 * made: a pod beyond that would wait for room that nobody gives it. @throws Error
 */
export function checkDemand(
  objects: readonly ManifestObject[],
  stated: Workload['pods'] = workload.pods,
): void {
  const made = objects.flatMap(podsOf);
  for (const count of ['replicas', 'surge'] as const) {
    const wanted = made.flatMap((pods) => Array<Amounts>(pods[count]).fill(amountsOf(pods.spec)));
    const allowed = workloadPods(count, stated);
    if (fits(wanted, allowed)) continue;
    throw new Error(
      `the workload's chart makes ${shown(wanted)} (${count}), and its "pods" say ${shown(allowed)}\n  → ${TODO}`,
    );
  }
  const [claimed, allowed] = [claimedBytes(objects), workloadStorage(stated)];
  if (claimed <= allowed) return;
  throw new Error(
    `the workload's chart claims ${formatBytes(claimed)} of volumes, and its "pods" say ${formatBytes(allowed)}\n  → ${TODO}`,
  );
}

const TODO = 'packages/workload/src/workload.ts: let "pods" say what chart.ts makes';

/** What all claims ask for, those that StatefulSets make among them. */
function claimedBytes(objects: readonly ManifestObject[]): number {
  return objects
    .flatMap((object): readonly Claim[] => {
      if (object.kind === 'PersistentVolumeClaim') return [object as ManifestObject & Claim];
      if (object.kind !== 'StatefulSet') return [];
      const { replicas = 1, volumeClaimTemplates = [] } = (object as Owner).spec;
      return Array<readonly Claim[]>(replicas).fill(volumeClaimTemplates).flat();
    })
    .reduce((bytes, { spec }) => {
      const { storage } = spec.resources.requests;
      return bytes + quantityValue(storage, "the workload's volumes");
    }, 0);
}

interface Claim {
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
}

type Amounts = Pick<Footprint, 'requests' | 'limits'>;

function fits(wanted: readonly Amounts[], allowed: readonly Amounts[]): boolean {
  return (
    wanted.length <= allowed.length &&
    (['requests', 'limits'] as const).every((kind) => {
      const [need, room] = [total(wanted, kind), total(allowed, kind)];
      return need.cpu <= room.cpu && need.memory <= room.memory;
    })
  );
}

function total(pods: readonly Amounts[], kind: keyof Amounts): Resources {
  return sum(pods.map((amounts) => amounts[kind]));
}

function shown(pods: readonly Amounts[]): string {
  const [requests, limits] = (['requests', 'limits'] as const).map((kind) => {
    const { cpu, memory } = total(pods, kind);
    return `${kind} ${formatCpu(cpu)} and ${formatBytes(memory)}`;
  });
  return `${pods.length} pods with ${requests}, ${limits}`;
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Container {
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

interface Pods {
  readonly replicas: number;
  readonly surge: number;
  readonly spec: PodSpec;
}

interface Owner extends ManifestObject {
  readonly spec: {
    readonly replicas?: number;
    readonly parallelism?: number;
    readonly volumeClaimTemplates?: readonly Claim[];
    readonly strategy?: { readonly type?: string; readonly rollingUpdate?: { maxSurge?: unknown } };
    readonly template: { readonly spec: PodSpec };
    readonly jobTemplate: { readonly spec: Owner['spec'] };
  };
}

/** The pods that an object makes at a time, and those beside them in a rollout. */
function podsOf(object: ManifestObject): readonly Pods[] {
  const { kind, spec } = object as Owner;
  switch (kind) {
    case 'Deployment': {
      const { replicas = 1, strategy, template } = spec;
      const surge = strategy?.type === 'Recreate' ? 0 : surgeOf(replicas, strategy?.rollingUpdate);
      return [{ replicas, surge, spec: template.spec }];
    }
    case 'StatefulSet':
      return [{ replicas: spec.replicas ?? 1, surge: 0, spec: spec.template.spec }];
    case 'Job':
      return [{ replicas: spec.parallelism ?? 1, surge: 0, spec: spec.template.spec }];
    case 'CronJob':
      return podsOf({ ...object, kind: 'Job', spec: spec.jobTemplate.spec } as ManifestObject);
    default:
      return [];
  }
}

/** Kubernetes' default is a quarter, rounded up. */
function surgeOf(replicas: number, { maxSurge = '25%' }: { maxSurge?: unknown } = {}): number {
  return typeof maxSurge === 'number'
    ? maxSurge
    : Math.ceil((replicas * Number.parseInt(String(maxSurge), 10)) / 100);
}

/** All containers run at once, and each init container alone before them. */
function amountsOf({ containers, initContainers = [] }: PodSpec): Amounts {
  const each = (kind: keyof Amounts): Resources => {
    const running = sum(containers.map((container) => amountOf(container, kind)));
    const starting = initContainers.map((container) => amountOf(container, kind));
    return {
      cpu: Math.max(running.cpu, ...starting.map(({ cpu }) => cpu)),
      memory: Math.max(running.memory, ...starting.map(({ memory }) => memory)),
    };
  };
  return { requests: each('requests'), limits: each('limits') };
}

/** What is not said follows from what is, and otherwise from the host's LimitRange. */
function amountOf({ resources = {} }: Container, kind: keyof Amounts): Resources {
  const { requests = {}, limits = {} } = resources;
  const amount = (key: keyof Resources): number => {
    const request = requests[key] ?? (kind === 'requests' ? limits[key] : undefined);
    const asked = request === undefined ? null : PARSE[key](request);
    if (kind === 'requests') return asked ?? DEFAULT_CONTAINER.requests[key];
    const limit = limits[key];
    if (limit !== undefined) return PARSE[key](limit);
    return Math.max(asked ?? 0, DEFAULT_CONTAINER.limits[key]);
  };
  return { cpu: amount('cpu'), memory: amount('memory') };
}

/** All tenants' charts have the same few quantities. */
const PARSE = {
  cpu: memo((text: string) => quantityMilliValue(text, "the workload's cpu")),
  memory: memo((text: string) => quantityValue(text, "the workload's memory")),
};
