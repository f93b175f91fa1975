import { workload } from '@tenantry/workload';
import type { ManifestObject } from './manifest-object.ts';

/** The pods behind the Service that the workload is reached by. */
export interface ReachedPods {
  /** In the tenant's cluster. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
}

interface Service extends ManifestObject {
  readonly spec: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly object[];
  };
}

/** Finds the workload's Service among the objects of its chart. @throws where it is not there */
export function reachedPods(objects: readonly ManifestObject[]): ReachedPods {
  const { namespace, name, targetPort } = workload.service;
  const service = servicesOf(objects).find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
  );
  if (service?.spec.selector === undefined) {
    throw new Error(
      `the workload is reached by Service ${namespace}/${name}, which its chart does not make with a selector\n  → make packages/workload/src/workload.ts and chart.ts name the same Service`,
    );
  }
  return { namespace, labels: service.spec.selector, port: targetPort };
}

/** How many ports of nodes the workload's Services take. */
export function nodePortsOf(objects: readonly ManifestObject[]): number {
  return servicesOf(objects)
    .filter(({ spec }) => spec.type === 'NodePort')
    .reduce((count, { spec }) => count + (spec.ports?.length ?? 0), 0);
}

function servicesOf(objects: readonly ManifestObject[]): readonly Service[] {
  return objects.filter((object): object is Service => object.kind === 'Service');
}
