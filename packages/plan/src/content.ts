import { createHash } from 'node:crypto';
import type { KubeObject } from './kube-object.ts';

type Fields = Record<string, unknown>;

/** Annotations that controllers write for themselves on what they control. */
const CONTROLLER_ANNOTATION = /^(deployment|statefulset|daemonset)\.kubernetes\.io\//;

/**
 * What an object says: without its status, without what every write moves, and without what its
 * cluster fills in or others decide (a Service's addresses, replicas) where `wanted` does not state it.
 */
export function contentOf(object: KubeObject, wanted?: KubeObject): KubeObject {
  const { status: _status, metadata, ...rest } = object;
  const { namespace, name, labels, annotations, finalizers, ownerReferences } = metadata;
  const kept = Object.entries(annotations ?? {}).filter(
    ([key]) => !CONTROLLER_ANNOTATION.test(key),
  );
  const spec = rest['spec'] as Fields | undefined;
  return {
    ...rest,
    ...(spec !== undefined && { spec: statedOf(spec, (wanted?.['spec'] ?? {}) as Fields) }),
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(isFilled(labels) && { labels }),
      ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
      ...(isFilled(finalizers) && { finalizers }),
      ...(isFilled(ownerReferences) && { ownerReferences }),
    },
  };
}

/** Fields of a spec that are filled in by others unless they are stated. */
export const FILLED_IN = ['clusterIP', 'clusterIPs', 'healthCheckNodePort', 'replicas'] as const;

function statedOf(spec: Fields, stated: Fields): Fields {
  const kept = { ...spec };
  for (const field of FILLED_IN) if (!(field in stated)) delete kept[field];
  if (!Array.isArray(spec['ports'])) return kept;
  const ports = (stated['ports'] ?? []) as readonly Fields[];
  kept['ports'] = (spec['ports'] as readonly Fields[]).map(({ nodePort, ...port }, index) =>
    nodePort === undefined || ports[index]?.['nodePort'] === undefined
      ? port
      : { ...port, nodePort },
  );
  return kept;
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/**
 * A hash by which an object is known as unchanged. Of a chart's objects all that is filled in counts,
 * but for the replicas, which are the tenant's state. Of a tenant's Secret it is one of its version:
 * from a hash of what it says that could be guessed.
 */
export function fingerprintOf(
  layer: 'host-wide' | 'host' | 'vcluster' | 'virtual',
  live: KubeObject,
  wanted: KubeObject,
): string {
  if (layer === 'virtual' && live.kind === 'Secret') {
    return hashOf([live.metadata.uid, live.metadata.resourceVersion]);
  }
  if (layer !== 'vcluster') return hashOf(contentOf(live, wanted));
  const { replicas: _replicas, ...spec } = (live['spec'] ?? {}) as Fields;
  return hashOf(contentOf(live, { ...live, spec }));
}

/** A short hash of a value, the same whatever the order of its keys. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 24);
}

/** JSON with sorted keys and without what is undefined. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = value as Fields;
  const members = Object.keys(fields)
    .filter((key) => fields[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(fields[key])}`);
  return `{${members.join(',')}}`;
}
