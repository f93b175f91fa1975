import type { LiveVersions } from '@tenantry/plan';

/** What the name of a snapshot says of it. */
export interface SnapshotName {
  readonly id: string;
  readonly versions: LiveVersions;
}

/** How a snapshot is called: by tenant, moment, and the versions that it is of. */
export function snapshotName(
  { id, versions }: SnapshotName,
  at: string,
  encrypted: boolean,
): string {
  const moment = at.slice(0, 'YYYY-MM-DDThh:mm:ss'.length).replaceAll(':', '-');
  const of = (['vcluster', 'kubernetes'] as const).flatMap((key) =>
    versions[key] === null ? [] : [`-${key}-${versions[key]}`],
  );
  return `${id}-${moment}Z${of.join('')}.tar.gz${encrypted ? '.age' : ''}`;
}

const MOMENT = /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ/.source;
const VERSION = /\d{1,4}\.\d{1,4}\.\d{1,4}/.source;
const FORM = new RegExp(
  `^([a-z0-9-]+)-${MOMENT}(?:-vcluster-(${VERSION}))?(?:-kubernetes-(${VERSION}))?\\.tar\\.gz(?:\\.age)?$`,
);

/** Null where a file is not called as a snapshot is. */
export function parseSnapshotName(name: string): SnapshotName | null {
  const [, id, vcluster = null, kubernetes = null] = FORM.exec(name) ?? [];
  return id === undefined ? null : { id, versions: { vcluster, kubernetes } };
}
