import type { KubernetesObject } from '@kubernetes/client-node';

/**
 * A type of the client library as an API server's JSON has it: times are texts, words of the language
 * have no underscore (`_continue`), nothing is written.
 */
export type Json<T> = T extends Date
  ? string
  : T extends readonly (infer U)[]
    ? readonly Json<U>[]
    : T extends object
      ? { readonly [K in keyof T as K extends `_${infer Word}` ? Word : K]: Json<T[K]> }
      : T;

type Identified = Json<Required<KubernetesObject>>;

/** A Kubernetes object of any kind. */
export interface KubeObject extends Omit<Identified, 'metadata'> {
  readonly metadata: Identified['metadata'] & { readonly name: string };
  readonly [field: string]: unknown;
}

/** An object of a kind that the client library knows: `ObjectOf<V1Pod>`. */
export type ObjectOf<T extends KubernetesObject> = KubeObject &
  Omit<Json<T>, keyof KubernetesObject>;

/** What identifies an object in its cluster. */
export type ObjectIdentity = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/** What identifies an object in its cluster, as text: `apps/v1 Deployment default/web`. */
export function referenceOf({ apiVersion, kind, metadata }: ObjectIdentity): string {
  const { namespace, name } = metadata;
  return `${apiVersion} ${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** The least that names an object to kubectl. @throws Error where the reference is none */
export function objectOf(reference: string): KubeObject {
  const parts = partsOf(reference);
  if (parts === null) throw new Error(`${JSON.stringify(reference)} names no object`);
  const { kind, namespace, name } = parts;
  const [apiVersion = '', kindName = ''] = kind.split(' ');
  const metadata = namespace === undefined ? { name } : { namespace, name };
  return { apiVersion, kind: kindName, metadata };
}

const REFERENCE = /^([\w.-]+(?:\/\w+)?) (\w+) (?:([\w.-]+)\/)?([\w.:-]+)$/;

/** What a reference names; null where it is none. */
export function partsOf(
  reference: string,
): { readonly kind: string; readonly namespace: string | undefined; readonly name: string } | null {
  const [, apiVersion, kind, namespace, name] = REFERENCE.exec(reference) ?? [];
  if (apiVersion === undefined || kind === undefined || name === undefined) return null;
  return { kind: `${apiVersion} ${kind}`, namespace, name };
}

/** Objects in kubectl's JSON: nothing, one object, a List, or one object after the other. */
export function parseObjects(text: string): readonly KubeObject[] {
  if (text.trim() === '') return [];
  const documents = text.trim().split(/(?<=^\})\s*(?=^\{)/m);
  return documents.flatMap((document) => {
    const parsed = JSON.parse(document) as KubeObject & { items?: readonly KubeObject[] };
    return parsed.kind.endsWith('List') && parsed.items !== undefined ? parsed.items : [parsed];
  });
}
