import { FIELD_MANAGER } from '@tenantry/tenants';
import {
  type Answer,
  type Conflict,
  type KubeObject,
  type ObjectIdentity,
  referenceOf,
  replacement,
  type Write,
} from '@tenantry/plan';
import { ApiError, collectionPath, type KubeClient, type KubeList, objectPath } from './client.ts';
import { poll, type PollOptions } from './wait.ts';

export interface ListOptions {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly selector?: string;
  /** Names, versions and labels only. */
  readonly metadataOnly?: boolean;
}

/** How many objects come with one answer. */
const PAGE = 500;
const METADATA = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

/** The objects of a kind, page by page. @throws ApiError */
export async function list(
  client: KubeClient,
  { apiVersion = 'v1', kind, namespace, selector, metadataOnly = false }: ListOptions,
): Promise<readonly KubeObject[]> {
  const path = await collectionPath(client, { apiVersion, kind }, namespace);
  const found: KubeObject[] = [];
  let next = '';
  do {
    const page = await client.send<KubeList>({
      path,
      query: {
        limit: String(PAGE),
        ...(selector !== undefined && { labelSelector: selector }),
        ...(next !== '' && { continue: next }),
      },
      ...(metadataOnly && { accept: METADATA }),
    });
    found.push(...(page.items ?? []).map((item) => ({ ...item, apiVersion, kind })));
    next = page.metadata.continue ?? '';
  } while (next !== '');
  return found;
}

/** An object as it is, or null where it, or its kind, is not there. @throws ApiError */
export async function read(client: KubeClient, object: ObjectIdentity): Promise<KubeObject | null> {
  return orNull(objectPath(client, object).then((path) => client.send<KubeObject>({ path })));
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export interface RemoveOptions {
  /** Leave it where somebody has written it since it was read. @default false */
  readonly unchanged?: boolean;
  /** How long it may take to end. @default its own */
  readonly gracePeriodSeconds?: number;
}

/** Deletes an object; one that is gone is none to delete. @throws ApiError */
export async function remove(
  client: KubeClient,
  object: ObjectIdentity,
  { unchanged = false, gracePeriodSeconds }: RemoveOptions = {},
): Promise<void> {
  const { uid, resourceVersion } = object.metadata;
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Background',
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(unchanged && { preconditions: { uid, resourceVersion } }),
  };
  await orNull(
    objectPath(client, object).then((path) =>
      client.send<unknown>({ method: 'DELETE', path, body }),
    ),
  );
}

export interface ApplyOptions {
  /** Take over fields that others have set; without it they are a conflict, and an error. */
  readonly force: boolean;
  readonly dryRun?: boolean;
  /** @default ours */
  readonly fieldManager?: string;
}

/** Server-side apply. @throws ApiError */
export async function apply(
  client: KubeClient,
  body: KubeObject,
  { force, dryRun = false, fieldManager = FIELD_MANAGER }: ApplyOptions,
): Promise<KubeObject> {
  return client.send<KubeObject>({
    method: 'PATCH',
    path: await objectPath(client, body),
    query: {
      fieldManager,
      force: String(force),
      ...(dryRun && { dryRun: 'All' }),
    },
    contentType: 'application/apply-patch+yaml',
    body,
  });
}

const GONE_INTERVAL_MILLISECONDS = 300;

/** Deletes objects and waits until they are gone. @throws WaitError naming what stays */
export async function removeAndWait(
  client: KubeClient,
  objects: readonly ObjectIdentity[],
  { timeoutSeconds, signal }: Pick<PollOptions, 'timeoutSeconds' | 'signal'>,
): Promise<void> {
  await Promise.all(objects.map((object) => remove(client, object)));
  await poll(
    async () => {
      const found = await Promise.all(objects.map((object) => read(client, object)));
      const left = found.filter((object) => object !== null);
      if (left.length === 0) return { done: true, result: undefined };
      const lines = left.map(({ metadata, ...object }) => {
        const { finalizers = [] } = metadata;
        const held = finalizers.length === 0 ? '' : `: finalizers ${finalizers.join(', ')}`;
        return `${referenceOf({ ...object, metadata })} is still there${held}`;
      });
      return { done: false, diagnostics: lines.join('\n') };
    },
    {
      what: `end of ${objects.map(referenceOf).join(', ')}`,
      timeoutSeconds,
      intervalMilliseconds: GONE_INTERVAL_MILLISECONDS,
      ...(signal && { signal }),
    },
  );
}

const PUT_ATTEMPTS = 4;

/**
 * Makes an object that is ours alone as it is wanted, no more and no less: it is made, or put in the
 * place of the living one. Who writes it at the same moment is written over. @throws ApiError
 */
export async function put(client: KubeClient, wanted: KubeObject): Promise<KubeObject> {
  for (let attempt = 1; ; attempt += 1) {
    const live = await read(client, wanted);
    if (live === null) return apply(client, wanted, { force: true });
    try {
      return await replace(client, replacement(wanted, live));
    } catch (error) {
      const isRace = error instanceof ApiError && error.status === 409;
      if (!isRace || attempt === PUT_ATTEMPTS) throw error;
    }
  }
}

/** Puts an object in the place of another. @throws ApiError */
export async function replace(
  client: KubeClient,
  body: KubeObject,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<KubeObject> {
  return client.send<KubeObject>({
    method: 'PUT',
    path: await objectPath(client, body),
    query: { fieldManager: FIELD_MANAGER, ...(dryRun && { dryRun: 'All' }) },
    body,
  });
}

export interface PatchOptions {
  /** @default the object itself */
  readonly subresource?: string;
  /** @default ours */
  readonly fieldManager?: string;
}

/** Changes some fields of an object or of its `subresource`. @throws ApiError */
export async function mergePatch(
  client: KubeClient,
  object: ObjectIdentity,
  body: object,
  { subresource, fieldManager = FIELD_MANAGER }: PatchOptions = {},
): Promise<void> {
  const path = await objectPath(client, object);
  await client.send<unknown>({
    method: 'PATCH',
    path: subresource === undefined ? path : `${path}/${subresource}`,
    query: { fieldManager },
    contentType: 'application/merge-patch+json',
    body,
  });
}

const ATTEMPTS = 5;

/**
 * Asks what would come of a write; stores nothing. A controller may write an object's status at the
 * same moment: it is read and asked about again. @throws ApiError where the server gives no answer
 */
export async function tryWrite(client: KubeClient, write: Write, attempt = 1): Promise<Answer> {
  try {
    const object = await carryOut(client, write, true);
    return { write, kind: 'object', object };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const conflicts = conflictsOf(error);
    if (error.status === 409 && conflicts.length > 0) return { write, kind: 'conflict', conflicts };
    if (error.status === 409 && attempt < ATTEMPTS) {
      const live = await read(client, write.body);
      if (live !== null) return tryWrite(client, atVersionOf(write, live), attempt + 1);
    }
    if (error.status === 422 || error.status === 403) {
      const message = error.causes.map((cause) => cause.message).join('; ') || error.message;
      return { write, kind: 'refused', message, immutable: isImmutable(error) };
    }
    throw error;
  }
}

function atVersionOf(write: Write, { metadata: { resourceVersion } }: KubeObject): Write {
  const { body } = write;
  return {
    ...write,
    body: {
      ...body,
      metadata: { ...body.metadata, ...(resourceVersion !== undefined && { resourceVersion }) },
    },
  };
}

export function carryOut(
  client: KubeClient,
  { method, body, force }: Write,
  dryRun = false,
): Promise<KubeObject> {
  return method === 'replace'
    ? replace(client, body, { dryRun })
    : apply(client, body, { force, dryRun });
}

const CONFLICT = /^conflict with "([^"]+)"(?: with subresource "([^"]+)")?/;

/** The fields that others have set, as a server names them: `conflict with "kubectl-edit" using v1`. */
export function conflictsOf({ causes }: Pick<ApiError, 'causes'>): readonly Conflict[] {
  return causes.flatMap(({ reason, message = '', field = '' }) => {
    const [, manager, subresource = ''] = CONFLICT.exec(message) ?? [];
    if (reason !== 'FieldManagerConflict' || manager === undefined) return [];
    return [{ field, manager, subresource }];
  });
}

const IMMUTABLE =
  /immutable|may not (be )?change|cannot be (changed|updated)|for fields other than/i;

function isImmutable({ status, message, causes }: ApiError): boolean {
  return status === 422 && IMMUTABLE.test([message, ...causes.map((each) => each.message)].join());
}
