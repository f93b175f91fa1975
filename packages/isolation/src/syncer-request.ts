import type { KubeObject } from '@tenantry/plan';
import { FIXTURE } from './fixtures.ts';

/** A request to the host's API server, to be made in a dry run. */
export interface HostRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

/**
 * The same request, so that nothing is stored. The options of a deletion come from its body where it
 * has one, and then not from its address.
 */
export function asDryRun({ method, path, body }: HostRequest): HostRequest {
  if (method === 'GET') return { method, path };
  if (method === 'DELETE') {
    const options = { kind: 'DeleteOptions', apiVersion: 'v1', ...body, dryRun: ['All'] };
    return { method, path, body: options };
  }
  const query = '?dryRun=All&fieldManager=tenantry-verify';
  return { method, path: `${path}${query}`, ...(body && { body }) };
}

/** A request that must be admitted, as the proof that one of its kind can be. */
export interface SyncerControl {
  readonly name: string;
  readonly text: string;
  readonly request: HostRequest;
}

/** A request that a syncer in the wrong hands would make, and must be refused. */
export interface SyncerRequest extends SyncerControl {
  /** Names of controls, of the same kind of request. */
  readonly controls: readonly string[];
  /** A host may lack the feature: then the operator's own request is invalid as well. */
  readonly optional?: boolean;
}

/** What lies in a tenant's namespace on the host, and is aimed at. */
export interface SyncerTargets {
  readonly id: string;
  readonly namespace: string;
  /** A synced pod that runs. */
  readonly pod: KubeObject;
  readonly controlPlane: KubeObject;
  readonly statefulSet: KubeObject;
  readonly service: KubeObject;
  readonly apiService: KubeObject;
  /** A claim that is bound to nothing yet. */
  readonly claim: KubeObject;
  /** The Secret in which Helm keeps its release, in the tenant's namespace or in Flux's. */
  readonly releaseRecord: { readonly namespace: string; readonly name: string } | null;
  /** An address that another tenant's pod or the node has. */
  readonly foreignAddress: string;
}

export type Fields = Readonly<Record<string, unknown>>;

export const specOf = (object: KubeObject) => (object['spec'] ?? {}) as Fields;
export const statusOf = (object: KubeObject) => (object['status'] ?? {}) as Fields;

export function labelled(object: KubeObject): object {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [FIXTURE]: '1' } } };
}

export type Make = (
  name: string,
  text: string,
  method: HostRequest['method'],
  path: string,
  body?: object,
) => SyncerRequest;

/** Requests below one path, with the same controls. */
export function maker(prefix: string, ...controls: readonly string[]): Make {
  return (name, text, method, path, body) => ({
    name,
    text,
    controls,
    request: { method, path: `${prefix}/${path}`, ...(body && { body }) },
  });
}

export function deletion(gracePeriodSeconds: number): object {
  return { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds };
}

export function configMap(name: string, more: Fields = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more } };
}

export function secret(
  name: string,
  type: string,
  annotations: Readonly<Record<string, string>> = {},
): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, annotations }, type };
}

export function claimPath({ metadata }: KubeObject): string {
  return `persistentvolumeclaims/${metadata.name}`;
}

export function annotated(object: KubeObject, key: string): object {
  const { metadata } = object;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [key]: 'x' } },
  };
}
