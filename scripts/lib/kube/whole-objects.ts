import { FIELD_MANAGER } from '@tenantry/tenants';
import { driftedObjects, type KubeObject, referenceOf } from '@tenantry/plan';
import { getSame, replaceObjects, type Target } from '../tools/kubectl.ts';
import type { Shell } from '../cli/shell.ts';

/** How objects that are wanted whole compare with those of a cluster. */
export interface WholeDrift {
  /** References of objects that are not there. */
  readonly missing: readonly string[];
  /** References of objects whose content is not what is wanted, no more and no less. */
  readonly different: readonly string[];
  /** The objects that are there, as they are. */
  readonly live: readonly KubeObject[];
  /** The same as they would be if what is wanted replaced them. */
  readonly wouldBe: readonly KubeObject[];
}

/**
 * Compares objects that are ours alone with what a cluster has: what others have changed, and what
 * they have added, which a server-side apply leaves (a sidecar, a `matchCondition`). The server
 * itself says what the replaced objects would look like, so that its defaults are no difference.
 */
export async function wholeDrift(
  $: Shell,
  target: Target,
  wanted: readonly KubeObject[],
): Promise<WholeDrift> {
  const live = await getSame($, target, wanted);
  const byReference = new Map(live.map((object) => [referenceOf(object), object]));
  const candidates = wanted.flatMap((object) => {
    const found = byReference.get(referenceOf(object));
    return found === undefined ? [] : [replacementOf(found, object)];
  });
  const wouldBe = await replaceObjects($, target, candidates, {
    fieldManager: FIELD_MANAGER,
    dryRun: true,
  });
  return {
    missing: wanted.map(referenceOf).filter((reference) => !byReference.has(reference)),
    different: driftedObjects(live, wouldBe),
    live,
    wouldBe,
  };
}

/** Replaces objects that are there by what is wanted. */
export async function replaceWhole(
  $: Shell,
  target: Target,
  live: readonly KubeObject[],
  wanted: readonly KubeObject[],
): Promise<void> {
  const byReference = new Map(wanted.map((object) => [referenceOf(object), object]));
  const replacements = live.flatMap((object) => {
    const replacing = byReference.get(referenceOf(object));
    return replacing === undefined ? [] : [replacementOf(object, replacing)];
  });
  await replaceObjects($, target, replacements, { fieldManager: FIELD_MANAGER });
}

/** Labels under these prefixes are ours, and mean something to the host: no others may stay. */
const OUR_LABELS = ['tenantry.dev/', 'pod-security.kubernetes.io/'];

/** What `kubectl rollout restart` leaves; to take it back would restart the pods again. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/**
 * An object as it would be written in place of a live one: all that says what it does is as wanted.
 * Others' labels and annotations, owners and finalizers of the object itself stay.
 */
export function replacementOf(live: KubeObject, wanted: KubeObject): KubeObject {
  const {
    resourceVersion: _,
    managedFields: __,
    ...kept
  } = live.metadata as Record<string, unknown>;
  const labels = Object.entries(live.metadata.labels ?? {}).filter(
    ([key]) => !OUR_LABELS.some((prefix) => key.startsWith(prefix)),
  );
  const metadata = {
    ...kept,
    labels: { ...Object.fromEntries(labels), ...wanted.metadata.labels },
    annotations: { ...live.metadata.annotations, ...wanted.metadata.annotations },
  } as KubeObject['metadata'];
  return keepRestart(live, { ...wanted, metadata });
}

interface Templated {
  readonly template?: {
    readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  };
}

function keepRestart(live: KubeObject, wanted: KubeObject): KubeObject {
  const restartedAt = templateOf(live)?.metadata?.annotations?.[RESTARTED_AT];
  const template = templateOf(wanted);
  if (restartedAt === undefined || template === undefined) return wanted;
  const annotations = { ...template.metadata?.annotations, [RESTARTED_AT]: restartedAt };
  const metadata = { ...template.metadata, annotations };
  return {
    ...wanted,
    spec: { ...(wanted['spec'] as object), template: { ...template, metadata } },
  };
}

function templateOf({ spec }: KubeObject): Templated['template'] {
  return ((spec ?? {}) as Templated).template;
}
