import type { V1Condition } from '@kubernetes/client-node';
import type { Json, KubeObject } from './kube-object.ts';

/** What a deploy reads of an HTTPRoute; the client library has no types of the Gateway API. */
interface Route extends KubeObject {
  readonly spec?: {
    readonly parentRefs?: readonly ParentReference[];
    readonly hostnames?: readonly string[];
  };
  readonly status?: {
    readonly parents?: readonly {
      readonly parentRef: ParentReference;
      readonly conditions?: readonly Json<V1Condition>[];
    }[];
  };
}

interface ParentReference {
  readonly namespace?: string;
  readonly name: string;
}

/** Where a route is attached, and whether it leads somewhere. */
const CONDITIONS = ['Accepted', 'ResolvedRefs'] as const;

export function isRoute({ kind }: Pick<KubeObject, 'kind'>): boolean {
  return kind === 'HTTPRoute';
}

/** The names that a tenant's route is for. */
export function hostnamesOf(objects: readonly KubeObject[]): readonly string[] {
  return objects.filter(isRoute).flatMap((route) => (route as Route).spec?.hostnames ?? []);
}

/** Why a Gateway does not send requests where a route says; empty where it does. */
export function routeFaults(object: KubeObject): readonly string[] {
  const { metadata, spec, status } = object as Route;
  return (spec?.parentRefs ?? []).flatMap((parent) => {
    const gateway = `Gateway ${parent.namespace}/${parent.name}`;
    const answers = (status?.parents ?? []).filter(
      ({ parentRef }) => parentRef.name === parent.name && parentRef.namespace === parent.namespace,
    );
    // Another controller may have its own opinion of the same Gateway.
    const [faults = [`${gateway} has not taken ${metadata.name} yet`]] = answers
      .map(({ conditions = [] }) => conditionFaults(conditions, gateway, metadata.generation ?? 0))
      .sort((a, b) => a.length - b.length);
    return faults;
  });
}

function conditionFaults(
  conditions: readonly Json<V1Condition>[],
  gateway: string,
  generation: number,
): readonly string[] {
  return CONDITIONS.flatMap((wanted) => {
    const found = conditions.find(({ type }) => type === wanted);
    if (found === undefined || (found.observedGeneration ?? 0) < generation) {
      return [`${gateway} says nothing of ${wanted} yet`];
    }
    return found.status === 'True'
      ? []
      : [`${gateway}: not ${wanted}: ${found.reason}: ${found.message}`];
  });
}
