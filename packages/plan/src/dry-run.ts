import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { HOSTNAMES_ANNOTATION } from '@tenantry/tenants';
import { FILLED_IN, fingerprintOf, hashOf } from './content.ts';
import { type Json, type KubeObject, referenceOf } from './kube-object.ts';

/** Where an object lies: for all tenants, in a tenant's host namespace, of its chart, in its cluster. */
export type Layer = 'host-wide' | 'host' | 'vcluster' | 'virtual';

/** What an object was applied from and what it was afterwards, as hashes. */
export interface Applied {
  readonly from: string;
  readonly to: string;
}

/** A field that another manager of an object has set. */
export interface Conflict {
  /** `.data.KEY`. */
  readonly field: string;
  readonly manager: string;
  /** `scale`, `status`; empty where it was set by an ordinary write. */
  readonly subresource: string;
}

/** A write, of which a server is first asked what would come of it. */
export interface Write {
  /** `replace` leaves nothing that others have added; `apply` is server-side apply. */
  readonly method: 'replace' | 'apply';
  readonly body: KubeObject;
  /** Take over fields that others have set. */
  readonly force: boolean;
  /** Fields of the wanted object that are left to others. */
  readonly leaves: readonly string[];
}

/** What a server says to a write that it does not carry out. */
export type Answer = { readonly write: Write } & (
  | { readonly kind: 'object'; readonly object: KubeObject }
  | { readonly kind: 'conflict'; readonly conflicts: readonly Conflict[] }
  | { readonly kind: 'refused'; readonly message: string; readonly immutable: boolean }
);

/** The syncer makes a Service anew to give it the host's address, and then owns all of its fields. */
const SYNCER = 'vcluster';

/** Of our own objects nothing that others have added stays; a tenant may add to what is in its cluster. */
const METHODS: Readonly<Record<Layer, Write['method']>> = {
  'host-wide': 'replace',
  host: 'replace',
  vcluster: 'replace',
  virtual: 'apply',
};

/** Whether an object is what a deploy left, and is wanted as it was then. */
export function isUnchanged(
  layer: Layer,
  wanted: KubeObject,
  live: KubeObject,
  applied: Applied | undefined,
): boolean {
  return (
    applied !== undefined &&
    applied.from === hashOf(wanted) &&
    applied.to === fingerprintOf(layer, live, wanted)
  );
}

/** What has to be asked before it can be said how a living object differs. */
export function writesToTry(
  layer: Layer,
  wanted: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
  applied: ReadonlyMap<string, Applied>,
  takeOver: boolean,
): readonly Write[] {
  return wanted.flatMap((object): readonly Write[] => {
    const reference = referenceOf(object);
    const there = live.get(reference);
    if (there === undefined || there.metadata.deletionTimestamp !== undefined) return [];
    if (isUnchanged(layer, object, there, applied.get(reference))) return [];
    const method = METHODS[layer];
    return method === 'replace'
      ? [{ method, body: replacement(object, there), force: true, leaves: [] }]
      : [{ method, body: object, force: takeOver, leaves: [] }];
  });
}

/** What to ask next where an answer is a conflict that is none for us; null where it stands. */
export function nextWrite(wanted: KubeObject, answer: Answer): Write | null {
  if (answer.kind !== 'conflict' || answer.write.force) return null;
  const { write, conflicts } = answer;
  if (conflicts.length > 0 && conflicts.every(({ manager }) => manager === SYNCER)) {
    return { ...write, force: true };
  }
  const leaves = conflicts.filter(isAutoscaled).map(({ field }) => field);
  if (leaves.every((field) => write.leaves.includes(field))) return null;
  const all = [...new Set([...write.leaves, ...leaves])];
  return { ...write, leaves: all, body: all.reduce(withoutField, wanted) };
}

/** A horizontal autoscaler sets replicas through the scale subresource. */
function isAutoscaled({ field, manager, subresource }: Conflict): boolean {
  return (
    field === '.spec.replicas' && subresource === 'scale' && manager === 'kube-controller-manager'
  );
}

type Fields = Record<string, unknown>;

/** An object without a field of the form `.spec.replicas`. */
export function withoutField(object: KubeObject, field: string): KubeObject {
  const [first = '', ...rest] = field.replace(/^\./, '').split('.');
  const copy: Fields = { ...object };
  if (rest.length === 0) delete copy[first];
  else if (typeof copy[first] === 'object' && copy[first] !== null) {
    copy[first] = withoutField(copy[first] as KubeObject, rest.join('.'));
  }
  return copy as unknown as KubeObject;
}

/**
 * The object that takes the place of a living one: all as wanted, but for labels and annotations that
 * others have added, and for what is filled in by others and not stated.
 */
export function replacement(wanted: KubeObject, live: KubeObject): KubeObject {
  const { labels, annotations, finalizers, ownerReferences } = live.metadata;
  const merged = {
    ...wanted.metadata,
    ...((labels ?? wanted.metadata.labels) && {
      labels: { ...othersLabels(labels ?? {}), ...wanted.metadata.labels },
    }),
    ...((annotations ?? wanted.metadata.annotations) && {
      annotations: { ...othersAnnotations(annotations ?? {}), ...wanted.metadata.annotations },
    }),
    ...(finalizers !== undefined && { finalizers }),
    ...(ownerReferences !== undefined && { ownerReferences }),
    ...(live.metadata.uid !== undefined && { uid: live.metadata.uid }),
    ...(live.metadata.resourceVersion !== undefined && {
      resourceVersion: live.metadata.resourceVersion,
    }),
  };
  const there = live['spec'] as Fields | undefined;
  const spec = keepRestart(there, wanted['spec'] as Fields | undefined);
  const filledIn = Object.fromEntries(
    FILLED_IN.filter((field) => !(field in (spec ?? {})) && field in (there ?? {})).map((field) => [
      field,
      there?.[field],
    ]),
  );
  return {
    ...wanted,
    metadata: merged,
    // A namespace's spec is its cluster's own.
    ...(spec === undefined
      ? there !== undefined && wanted.kind === 'Namespace' && { spec: there }
      : { spec: { ...spec, ...filledIn } }),
  };
}

/** Labels under these prefixes are ours, and mean something to the host: no others may stay. */
const OUR_LABELS = ['tenantry.dev/', 'pod-security.kubernetes.io/'];

function othersLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const isOurs = (key: string) => OUR_LABELS.some((prefix) => key.startsWith(prefix));
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !isOurs(key)));
}

/** Names are given by it, so that it stays nowhere that it is not wanted. */
function othersAnnotations(
  annotations: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { [HOSTNAMES_ANNOTATION]: _names, ...others } = annotations;
  return others;
}

/** What `kubectl rollout restart` leaves; to take it back would restart the pods again. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

type Template = Json<V1PodTemplateSpec>;

function keepRestart(live: Fields | undefined, wanted: Fields | undefined): Fields | undefined {
  const restartedAt = (live?.['template'] as Template | undefined)?.metadata?.annotations?.[
    RESTARTED_AT
  ];
  const template = wanted?.['template'] as Template | undefined;
  if (restartedAt === undefined || template === undefined) return wanted;
  const annotations = { ...template.metadata?.annotations, [RESTARTED_AT]: restartedAt };
  return { ...wanted, template: { ...template, metadata: { ...template.metadata, annotations } } };
}
