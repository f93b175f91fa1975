import { RESTORING_ANNOTATION } from '@tenantry/tenants';
import type { KubeObject } from './kube-object.ts';
import type { Obstacle } from './preconditions.ts';
import type { WantedTenant } from './wanted.ts';

/** How far something is that is being restored into a tenant's namespace. */
export interface RestoreProgress {
  /** Of the archive or the snapshot: `sha256:…`. */
  readonly digest: string;
  /** Whether the tenant was paused before, and is to stay so. */
  readonly held: boolean;
  /** Whether all of it is there. */
  readonly finished: boolean;
}

const HELD = ' held';
const FINISHED = ' all objects are there';

/** What the annotation on a namespace says; null where there is none. */
export function restoreProgressOf({ metadata }: KubeObject): RestoreProgress | null {
  const text = metadata.annotations?.[RESTORING_ANNOTATION];
  if (text === undefined) return null;
  const [digest = ''] = text.split(' ');
  const words = text.slice(digest.length);
  return { digest, held: words.startsWith(HELD), finished: words.endsWith(FINISHED) };
}

/** The annotation's value. */
export function restoreProgressText({ digest, held, finished }: RestoreProgress): string {
  return `${digest}${held ? HELD : ''}${finished ? FINISHED : ''}`;
}

/** The restore into a namespace that has not ended: its control plane's volume is empty, or half written. */
export function unfinishedRestore(namespace: KubeObject | null): RestoreProgress | null {
  const progress = namespace === null ? null : restoreProgressOf(namespace);
  return progress?.finished === true ? null : progress;
}

/**
 * Whether a tenant would be started whose data is not all there: its syncer would delete what its own
 * cluster does not know, volumes included.
 */
export function restoreObstacle(
  { id, state }: Pick<WantedTenant, 'id' | 'state'>,
  namespace: KubeObject | null,
): Obstacle | null {
  if (state !== 'active' || unfinishedRestore(namespace) === null) return null;
  return {
    what: `${id} is half restored; nothing was written`,
    why: 'a restore into it has not ended; started so, its cluster would delete what it does not know, volumes included',
    todo: `run the same pnpm restore ${id} --from FILE again (or pnpm move, where that restores it)`,
  };
}
