import { createHash } from 'node:crypto';
import type { KubeObject } from '@tenantry/plan';
import { canonicalJson } from '../kube/canonical-json.ts';

/** An object as it is compared: a digest of each of its fields. */
export type Fingerprint = ReadonlyMap<string, string>;

/**
 * What of `archived` is not in `restored` as it was: a line per object. Both are by reference, and
 * hold what `isCompared` says.
 */
export function differences(
  archived: ReadonlyMap<string, Fingerprint>,
  restored: ReadonlyMap<string, Fingerprint>,
): readonly string[] {
  return [...archived].flatMap(([reference, before]) => {
    const after = restored.get(reference);
    if (after === undefined) return [`${reference} is missing`];
    const keys = [...new Set([...before.keys(), ...after.keys()])]
      .filter((key) => before.get(key) !== after.get(key))
      .sort();
    return keys.length === 0 ? [] : [`${reference} differs in ${keys.join(', ')}`];
  });
}

/** A digest of each field but those that depend on the cluster that the object is in. */
export function fingerprintOf(object: KubeObject): Fingerprint {
  return new Map(
    Object.entries(normalized(object))
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, digestOf(value)]),
  );
}

/** 132 bits of a SHA-256; it is kept for every field of every object. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64').slice(0, 22);
}

/**
 * Whether a restore must bring an object back as it was. What a cluster makes again by itself and
 * what belongs to where it runs (addresses, nodes, statuses) is not compared.
 */
export function isCompared(object: KubeObject): boolean {
  return !isRemade(object);
}

/** Kinds that a running cluster writes by itself, all the time or each time it starts. */
const REMADE_KINDS = new Set(['ComponentStatus', 'Event', 'IPAddress', 'Lease', 'Node']);

/** ConfigMaps with the cluster's own certificates. */
const REMADE_NAMES = new Set(['kube-root-ca.crt', 'extension-apiserver-authentication']);

/** By such a label a controller knows what it has made and will make again. */
const REMADE_LABELS: Readonly<Record<string, string>> = {
  APIService: 'kube-aggregator.kubernetes.io/automanaged',
  Endpoints: 'endpoints.kubernetes.io/managed-by',
  EndpointSlice: 'endpointslice.kubernetes.io/managed-by',
};

function isRemade({ kind, metadata }: KubeObject): boolean {
  const { name, labels = {}, annotations = {}, deletionTimestamp } = metadata;
  if (REMADE_KINDS.has(kind) || deletionTimestamp !== undefined) return true;
  if (labels[REMADE_LABELS[kind] ?? ''] !== undefined) return true;
  switch (kind) {
    case 'ConfigMap':
      return REMADE_NAMES.has(name);
    // The API server's own addresses.
    case 'Endpoints':
    case 'EndpointSlice':
      return metadata.namespace === 'default' && name === 'kubernetes';
    // Its owner makes another one, under another name.
    case 'Job':
    case 'Pod':
      return hasController(metadata);
    // The syncer's picture of a volume of the host.
    case 'PersistentVolume':
      return Object.keys(annotations).some((key) => key.startsWith('vcluster.loft.sh/'));
    default:
      return false;
  }
}

function hasController({ ownerReferences = [] }: KubeObject['metadata']): boolean {
  return ownerReferences.some(({ controller }) => controller === true);
}

type Fields = Readonly<Record<string, unknown>>;

/** What every write or the place of an object decides. */
const VERSION_FIELDS = ['managedFields', 'resourceVersion'];
/** The syncer makes a Service anew, since the host gives it another address. */
const SERVICE_FIELDS = [...VERSION_FIELDS, 'creationTimestamp', 'generation', 'uid'];

function normalized(object: KubeObject): Fields {
  const { kind, metadata, ...rest } = without(object, ['status']) as KubeObject;
  const described = without(metadata, kind === 'Service' ? SERVICE_FIELDS : VERSION_FIELDS);
  const entries = Object.entries(described).map(([key, value]) => [`metadata.${key}`, value]);
  const fields = Object.fromEntries(entries) as Fields;
  return { ...fields, kind, ...rest, spec: normalizedSpec(kind, rest['spec']) };
}

function normalizedSpec(kind: string, spec: unknown): unknown {
  if (!isObject(spec)) return spec;
  const own = without(spec, HOST_FIELDS[kind] ?? []);
  const { ports } = own;
  if (kind !== 'Service' || !Array.isArray(ports)) return own;
  const withoutNodePort = (port: unknown) => (isObject(port) ? without(port, ['nodePort']) : port);
  return { ...own, ports: ports.map(withoutNodePort) };
}

function without(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What of a spec the host decides. */
const HOST_FIELDS: Readonly<Record<string, readonly string[]>> = {
  PersistentVolumeClaim: ['volumeName'],
  Pod: ['nodeName'],
  Service: ['clusterIP', 'clusterIPs', 'healthCheckNodePort'],
};
