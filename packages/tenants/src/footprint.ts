import { type PodResources, type Workload, workload } from '@tenantry/workload';
import { parseBytes, parseCpu } from './quantity.ts';
import type { Resources } from './tenant.ts';

/** What one container is given; thousandths of a CPU and bytes. */
export interface Footprint {
  readonly requests: Resources;
  readonly limits: Resources;
  /** Bytes of the node's own disk: logs, scratch files, emptyDirs. */
  readonly disk: { readonly request: number; readonly limit: number };
}

const Mi = 2 ** 20;

/** What a container gets of the node's disk. */
export const POD_DISK = { request: 16 * Mi, limit: 1024 * Mi } as const;

/**
 * vcluster's syncer with API server, controller manager and SQLite in it. Idle it was measured at
 * 60–90m and 324 MB; it starts faster with a second CPU.
 */
export const CONTROL_PLANE: Footprint = {
  requests: { cpu: 20, memory: 256 * Mi },
  limits: { cpu: 2000, memory: 2048 * Mi },
  disk: { request: 256 * Mi, limit: 4096 * Mi },
};

/** The control plane's init container, which copies the Kubernetes binaries. */
export const CONTROL_PLANE_INIT: Footprint = {
  requests: { cpu: 10, memory: 64 * Mi },
  limits: { cpu: 1000, memory: 256 * Mi },
  disk: POD_DISK,
};

/** The tenant's CoreDNS; measured at 13 MB. */
export const COREDNS: Footprint = {
  requests: { cpu: 5, memory: 32 * Mi },
  limits: { cpu: 500, memory: 170 * Mi },
  disk: POD_DISK,
};

/** The pod that `pnpm verify` runs for a moment. */
export const PROBE: Footprint = {
  requests: { cpu: 10, memory: 48 * Mi },
  limits: { cpu: 250, memory: 128 * Mi },
  disk: POD_DISK,
};

/** What a tenant's container gets that asks for nothing. */
export const DEFAULT_CONTAINER: Footprint = {
  requests: { cpu: 10, memory: 32 * Mi },
  limits: { cpu: 250, memory: 256 * Mi },
  disk: POD_DISK,
};

/** Volume of a control plane, in bytes; its SQLite file holds a few MB, a snapshot as much again. */
export const CONTROL_PLANE_VOLUME = 2 * 2 ** 30;

/**
 * The pods in a host namespace that are not the tenant's to count: control plane, CoreDNS and its
 * successor in a rollout, the surge of the workload's rollout, the probe.
 */
const OVERHEAD: readonly Footprint[] = [
  CONTROL_PLANE,
  COREDNS,
  COREDNS,
  ...workloadPods('surge'),
  PROBE,
];

export const OVERHEAD_PODS = OVERHEAD.length;
export const OVERHEAD_REQUESTS = sum(OVERHEAD.map(({ requests }) => requests));
export const OVERHEAD_LIMITS = sum(OVERHEAD.map(({ limits }) => limits));

/** What the workload alone takes of a plan. */
export const WORKLOAD_REQUESTS = sum(workloadPods('replicas').map(({ requests }) => requests));
export const WORKLOAD_LIMITS = sum(workloadPods('replicas').map(({ limits }) => limits));

/** Bytes that the workload's volumes take of a plan. */
export const WORKLOAD_STORAGE = workloadStorage();

export const OVERHEAD_DISK = OVERHEAD.reduce((bytes, { disk }) => bytes + disk.limit, 0);

export function sum(parts: readonly Resources[]): Resources {
  return parts.reduce(
    (total, part) => ({ cpu: total.cpu + part.cpu, memory: total.memory + part.memory }),
    { cpu: 0, memory: 0 },
  );
}

/** The workload's pods at rest, or those beside them in a rollout, one by one. */
export function workloadPods(
  count: 'replicas' | 'surge',
  pods: Workload['pods'] = workload.pods,
): readonly Footprint[] {
  return pods.flatMap((pod) => Array<Footprint>(pod[count]).fill(footprintOf(pod.resources)));
}

export function workloadStorage(pods: Workload['pods'] = workload.pods): number {
  return pods.reduce(
    (bytes, { replicas, storage }) =>
      storage === undefined ? bytes : bytes + replicas * amount(storage, parseBytes),
    0,
  );
}

function footprintOf({ requests, limits }: PodResources): Footprint {
  const resources = ({ cpu, memory }: PodResources['limits']): Resources => ({
    cpu: amount(cpu, parseCpu),
    memory: amount(memory, parseBytes),
  });
  return {
    requests: resources(requests),
    limits: resources(limits),
    disk: {
      request: amount(requests['ephemeral-storage'], parseBytes),
      limit: amount(limits['ephemeral-storage'], parseBytes),
    },
  };
}

function amount(text: string, parse: (text: string) => number | null): number {
  const parsed = parse(text);
  if (parsed === null) {
    throw new TypeError(`the workload's pods: ${JSON.stringify(text)} is no quantity`);
  }
  return parsed;
}
