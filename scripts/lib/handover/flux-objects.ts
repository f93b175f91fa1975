import { type Inventory, type KubeObject, referenceOf } from '@tenantry/plan';
import {
  FLUX_NAMESPACE,
  FLUX_PARTS,
  FLUX_ROOT,
  FLUX_VIRTUAL,
  fluxKustomization,
  fluxValues,
  hostNamespace,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  vclusterName,
} from '@tenantry/tenants';
import { removeReleaseRecords } from '../cluster/records.ts';
import pLimit from 'p-limit';
import { ApiError, type KubeClient } from '../kube/client.ts';
import { list, mergePatch, read, remove } from '../kube/requests.ts';
import { type Look, poll } from '../kube/wait.ts';

type Kind = Pick<KubeObject, 'apiVersion' | 'kind'>;

const KUSTOMIZATION = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
} as const satisfies Kind;
const HELM_RELEASE = {
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
} as const satisfies Kind;
const SOURCE = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'OCIRepository',
} as const satisfies Kind;

const READY_TIMEOUT_SECONDS = 900;
/** One that is just applied is looked at to its end first. */
const GONE_TIMEOUT_SECONDS = 360;
const INTERVAL_MILLISECONDS = 500;

/** How many objects are removed at a time. */
const CONCURRENCY = 16;

/** What a source has pulled. */
export interface SourceArtifact {
  readonly revision: string;
  /** `sha256:…` of its archive. */
  readonly digest: string;
  /** Where source-controller serves its archive. */
  readonly path: string;
}

/** An object that a Kustomization has applied: `namespace_name_group_Kind`, and its version. */
interface InventoryEntry {
  readonly id: string;
  readonly v: string;
}

/** What Flux's controllers work on, as far as this matters here. */
interface FluxObject extends KubeObject {
  readonly spec?: { readonly suspend?: boolean };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly lastAppliedRevision?: string;
    readonly lastHandledReconcileAt?: string;
    readonly artifact?: SourceArtifact;
    readonly inventory?: { readonly entries?: readonly InventoryEntry[] };
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

/** Whether Flux applies dist/ to a host. @throws ApiError */
export async function isFluxAtWork(host: KubeClient): Promise<boolean> {
  return (await read(host, inNamespace(KUSTOMIZATION, FLUX_ROOT))) !== null;
}

/** What we are called where Flux is to leave a field alone: it takes over what `tenantry…` has set. */
const FIELD_MANAGER_BESIDE_FLUX = 'beside-flux';

/** Another value of it has Flux look at once; it notes the value when it has looked. */
const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';

/** Has Flux's source of dist/ look at the registry now. Returns what it then notes. @throws ApiError */
export async function requestPull(host: KubeClient): Promise<string> {
  const requestedAt = new Date().toISOString();
  await mergePatch(
    host,
    inNamespace(SOURCE, FLUX_ROOT),
    { metadata: { annotations: { [REQUESTED_AT]: requestedAt } } },
    { fieldManager: FIELD_MANAGER_BESIDE_FLUX },
  );
  return requestedAt;
}

interface SourceSeen {
  readonly artifact: SourceArtifact | null;
  /** Why it has nothing. */
  readonly fault: string;
  /** The last request that it has answered. */
  readonly requestedAt: string | undefined;
}

/** What Flux's source of dist/ has, or why it has nothing. @throws ApiError */
export async function readSource(host: KubeClient): Promise<SourceSeen> {
  const source: FluxObject | null = await read(host, inNamespace(SOURCE, FLUX_ROOT));
  const faults = source === null ? ['its source is not there'] : faultsOf(source, undefined);
  const fault = faults.join('; ');
  const { artifact = null, lastHandledReconcileAt: requestedAt } = source?.status ?? {};
  return { artifact: fault === '' ? artifact : null, fault, requestedAt };
}

/** What Flux has applied of a tenant on its host and in its cluster, but for namespaces. @throws ApiError */
export async function appliedByFlux(
  host: KubeClient,
  id: string,
): Promise<Pick<Inventory, 'host' | 'virtual'>> {
  const references = async (kustomization: KubeObject) => {
    const there: FluxObject | null = await read(host, kustomization);
    return (there?.status?.inventory?.entries ?? [])
      .map(objectIn)
      .filter(({ kind }) => kind !== 'Namespace')
      .map(referenceOf)
      .sort();
  };
  return {
    host: await references(inNamespace(KUSTOMIZATION, fluxKustomization(id, 'host'))),
    virtual: await references(inNamespace(KUSTOMIZATION, FLUX_VIRTUAL, hostNamespace(id))),
  };
}

function objectIn({ id, v }: InventoryEntry): KubeObject {
  const [namespace = '', name = '', group = '', kind = ''] = id.split('_');
  return {
    apiVersion: group === '' ? v : `${group}/${v}`,
    kind,
    metadata: namespace === '' ? { name } : { namespace, name },
  };
}

/** Waits until Flux has applied what its source has now. @throws WaitError with what is not so */
export async function waitUntilApplied(host: KubeClient, signal: AbortSignal): Promise<void> {
  const look = async (): Promise<Look<void>> => {
    const source: FluxObject | null = await read(host, inNamespace(SOURCE, FLUX_ROOT));
    const revision = source?.status?.artifact?.revision;
    const objects = [...(await ours(host, KUSTOMIZATION)), ...(await ours(host, HELM_RELEASE))];
    const faults = [source, ...objects].flatMap((object) =>
      object === null ? ['its source is not there'] : faultsOf(object, revision),
    );
    return faults.length === 0
      ? { done: true, result: undefined }
      : { done: false, diagnostics: faults.join('\n') };
  };
  await poll(look, {
    what: 'Flux',
    timeoutSeconds: READY_TIMEOUT_SECONDS,
    intervalMilliseconds: INTERVAL_MILLISECONDS,
    signal,
  });
}

function faultsOf(
  { kind, metadata, spec, status = {} }: FluxObject,
  revision: string | undefined,
): readonly string[] {
  if (spec?.suspend === true) return [];
  const { conditions = [], observedGeneration, lastAppliedRevision } = status;
  const ready = conditions.find(({ type }) => type === 'Ready');
  const isOfNow =
    observedGeneration === metadata.generation &&
    (kind !== KUSTOMIZATION.kind || lastAppliedRevision === revision);
  if (ready?.status === 'True' && isOfNow) return [];
  return [`${kind} ${metadata.namespace}/${metadata.name}: ${ready?.message ?? 'not looked at'}`];
}

/**
 * Has Flux let go of all that it applies, and removes its objects: what applies others before these.
 * A Kustomization of ours leaves what it has applied, by its deletion policy, but for the Job of a
 * pause; a HelmRelease does where it is suspended.
 */
export async function removeFluxObjects(
  host: KubeClient,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const root: FluxObject | null = await read(host, inNamespace(KUSTOMIZATION, FLUX_ROOT));
  await removeAll(host, root === null ? [] : [root], signal);
  const isInFlux = ({ metadata }: KubeObject) => metadata.namespace === FLUX_NAMESPACE;
  await removeAll(host, (await ours(host, KUSTOMIZATION)).filter(isInFlux), signal);
  await removeAll(host, await ours(host, KUSTOMIZATION), signal);
  await removeAll(host, await ours(host, HELM_RELEASE), signal);
  await removeAll(host, await ours(host, SOURCE), signal);
  for (const id of ids) await remove(host, valuesOf(id));
}

/**
 * Has Flux leave a tenant as it is, until it is merged that there is none, or `resumeTenant`.
 * @throws ApiError
 */
export function suspendTenant(host: KubeClient, id: string): Promise<void> {
  return setSuspended(host, worksOn(id), true);
}

/** Has Flux bring a tenant to what is merged again. @throws ApiError */
export function resumeTenant(host: KubeClient, id: string): Promise<void> {
  // What is merged of the field, Flux sets again. The first goes last: it says that there are more.
  return setSuspended(host, worksOn(id).toReversed(), null);
}

/** Whether Flux leaves a tenant as it is. @throws ApiError */
export async function isSuspended(host: KubeClient, id: string): Promise<boolean> {
  const first = inNamespace(KUSTOMIZATION, fluxKustomization(id, 'host'));
  const there: FluxObject | null = await read(host, first);
  return there?.spec?.suspend === true;
}

/**
 * What applies a tenant, the host's part first: only `suspendTenant` suspends that one; a pause that
 * is merged suspends `virtual` alone.
 */
function worksOn(id: string): readonly KubeObject[] {
  return [
    ...FLUX_PARTS.map((part) => inNamespace(KUSTOMIZATION, fluxKustomization(id, part))),
    inNamespace(KUSTOMIZATION, FLUX_VIRTUAL, hostNamespace(id)),
    releaseOf(id),
  ];
}

async function setSuspended(
  host: KubeClient,
  objects: readonly KubeObject[],
  suspend: true | null,
): Promise<void> {
  for (const object of objects) {
    if ((await read(host, object)) === null) continue;
    const options = { fieldManager: FIELD_MANAGER_BESIDE_FLUX };
    await mergePatch(host, object, { spec: { suspend } }, options);
  }
}

/** Removes what Flux would keep of a tenant that is gone, and is suspended. @throws ApiError */
export async function forgetTenant(
  host: KubeClient,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  await removeAll(host, [releaseOf(id)], signal);
  await remove(host, valuesOf(id));
  await removeReleaseRecords(host, id, FLUX_NAMESPACE);
}

function inNamespace(kind: Kind, name: string, namespace: string = FLUX_NAMESPACE): KubeObject {
  return { ...kind, metadata: { name, namespace } };
}

function releaseOf(id: string): KubeObject {
  return inNamespace(HELM_RELEASE, vclusterName(id));
}

function valuesOf(id: string): KubeObject {
  return inNamespace({ apiVersion: 'v1', kind: 'ConfigMap' }, fluxValues(id));
}

async function ours(host: KubeClient, kind: Kind): Promise<readonly FluxObject[]> {
  const selector = `${MANAGED_BY_LABEL}=${MANAGED_BY}`;
  try {
    return await list(host, { ...kind, selector });
  } catch (error) {
    // Where Flux was taken away with its kinds, it has nothing.
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

async function removeAll(
  host: KubeClient,
  objects: readonly FluxObject[],
  signal: AbortSignal,
): Promise<void> {
  const limit = pLimit(CONCURRENCY);
  await Promise.all(
    objects.map((object) =>
      limit(() =>
        poll(() => removeOne(host, object), {
          what: `end of ${object.kind} ${object.metadata.namespace}/${object.metadata.name}`,
          timeoutSeconds: GONE_TIMEOUT_SECONDS,
          intervalMilliseconds: INTERVAL_MILLISECONDS,
          signal,
        }),
      ),
    ),
  );
}

/** Suspends an object where it has to be, removes it, and finds that it is gone: one of it at a time. */
async function removeOne(host: KubeClient, object: FluxObject): Promise<Look<void>> {
  const there: FluxObject | null = await read(host, object);
  if (there === null) return { done: true, result: undefined };
  if (there.kind === HELM_RELEASE.kind && there.spec?.suspend !== true) {
    await mergePatch(host, object, { spec: { suspend: true } });
    return { done: false, diagnostics: 'it is being suspended' };
  }
  if (there.metadata.deletionTimestamp === undefined) await removeAsItIs(host, there);
  return { done: false, diagnostics: 'it is being removed' };
}

/** Whoever has written it since may have it work again. */
async function removeAsItIs(host: KubeClient, object: FluxObject): Promise<void> {
  try {
    await remove(host, object, { unchanged: true });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  }
}
