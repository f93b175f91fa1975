/** A Kubernetes object as an API server gives it; only what is read is typed. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What identifies an object in its cluster. */
export type ObjectIdentity = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/** What identifies an object in its cluster, as text: `apps/v1 Deployment default/simple-app`. */
export function referenceOf({ apiVersion, kind, metadata }: ObjectIdentity): string {
  const { namespace, name } = metadata;
  return `${apiVersion} ${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** The least that names an object: the reverse of `referenceOf`. */
export function objectOf(reference: string): KubeObject {
  const [apiVersion = '', kind = '', path = ''] = reference.split(' ');
  const [first = '', second] = path.split('/');
  const metadata = second === undefined ? { name: first } : { namespace: first, name: second };
  return { apiVersion, kind, metadata };
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
