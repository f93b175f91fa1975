import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { loadAll } from 'js-yaml';
import { z } from 'zod';
import type { KubeObject, ObjectIdentity } from './kube-object.ts';

/** What names a release. */
export interface ReleaseName {
  readonly name: string;
  readonly namespace: string;
}

/** A release as Helm has stored it. */
export interface Release {
  readonly revision: number;
  /** `deployed`, `failed`, `pending-install`, `pending-upgrade`, … */
  readonly status: string;
  /** `vcluster-0.36.0`. */
  readonly chart: string;
  /** The values that were given, without the chart's defaults. */
  readonly values: unknown;
  /** The objects that the chart made. */
  readonly objects: readonly KubeObject[];
  /** Of the record's bytes: `sha256:…`. */
  readonly digest: string;
}

/** The Secrets in which Helm keeps a release's revisions, by what they say. */
export interface ReleaseRecords {
  /** The newest revision of the release; null where there is none. */
  readonly newest: Release | null;
  /** Secrets that Helm would read and that the vcluster chart cannot have left. */
  readonly refused: readonly { readonly secret: string; readonly why: string }[];
}

/**
 * Sorts a release's records. A tenant's syncer can write Secrets, and an upgrade deletes what an
 * older record names and takes the record's namespace for its own: none is believed that names
 * what the vcluster chart cannot have made.
 */
export function parseRecords(secrets: readonly KubeObject[], release: ReleaseName): ReleaseRecords {
  const found: Release[] = [];
  const refused: { secret: string; why: string }[] = [];
  for (const secret of secrets) {
    try {
      found.push(parseRecord(secret, release));
    } catch (error) {
      const why = error instanceof RecordError ? error.message : 'it cannot be read';
      refused.push({ secret: secret.metadata.name, why });
    }
  }
  const newest = found.sort((a, b) => b.revision - a.revision)[0] ?? null;
  return { newest, refused };
}

/** Why a record is not believed. */
class RecordError extends Error {}

const recordSchema = z.object({
  name: z.string(),
  namespace: z.string(),
  version: z.int().positive(),
  info: z.object({ status: z.string() }),
  chart: z.object({ metadata: z.object({ name: z.string(), version: z.string() }) }),
  config: z.record(z.string(), z.unknown()).nullish(),
  manifest: z.string(),
  hooks: z.array(z.unknown()).nullish(),
});

/** A record of the vcluster chart is 150 kB, and some 2 MB unpacked. */
const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
const MAX_MANIFEST_LENGTH = 1024 * 1024;

function parseRecord(secret: KubeObject, release: ReleaseName): Release {
  const data = (secret['data'] ?? {}) as { readonly release?: unknown };
  if (typeof data.release !== 'string') throw new RecordError('it holds no release');
  const packed = Buffer.from(Buffer.from(data.release, 'base64').toString(), 'base64');
  const text = gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES }).toString();
  const record = recordSchema.parse(JSON.parse(text));
  const { name, namespace, version, info, chart, config, manifest, hooks } = record;
  if (name !== release.name || namespace !== release.namespace) {
    throw new RecordError(`it is of release ${namespace}/${name}`);
  }
  if (secret.metadata.name !== recordName(release, version)) {
    throw new RecordError(`it is of revision ${version}`);
  }
  if (hooks != null && hooks.length > 0) throw new RecordError('it has hooks');
  if (manifest.length > MAX_MANIFEST_LENGTH) throw new RecordError('its manifest is too large');
  const objects = parseManifest(manifest, namespace);
  const foreign = objects.find((object) => !isOfChart(object, release));
  if (foreign !== undefined) throw new RecordError(`it names ${describe(foreign)}`);
  return {
    revision: version,
    status: info.status,
    chart: `${chart.metadata.name}-${chart.metadata.version}`,
    values: config ?? null,
    objects,
    digest: `sha256:${createHash('sha256').update(data.release).digest('hex')}`,
  };
}

/** The Secret of a revision. */
export function recordName({ name }: ReleaseName, revision: number): string {
  return `sh.helm.release.v1.${name}.v${revision}`;
}

/** A rendered chart as objects; a namespaced one without a namespace is in the release's. */
export function parseManifest(text: string, namespace: string): readonly KubeObject[] {
  return (loadAll(text, { maxAliases: 0 }) as readonly (KubeObject | null)[])
    .filter((object) => object !== null)
    .map((object) =>
      isClusterScoped(object)
        ? object
        : {
            ...object,
            metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace },
          },
    );
}

function isClusterScoped({ kind }: KubeObject): boolean {
  return /^Cluster|^(Namespace|PersistentVolume|StorageClass)$/.test(kind);
}

/** What the chart makes in its release's namespace, with the values that plans may set. */
const CHART_KINDS = new Set([
  'v1 Secret',
  'v1 Service',
  'v1 ServiceAccount',
  'apps/v1 Deployment',
  'apps/v1 StatefulSet',
  'policy/v1 PodDisruptionBudget',
  'networking.k8s.io/v1 Ingress',
  'rbac.authorization.k8s.io/v1 Role',
  'rbac.authorization.k8s.io/v1 RoleBinding',
]);
const CHART_CLUSTER_KINDS = new Set([
  'rbac.authorization.k8s.io/v1 ClusterRole',
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
]);

/** Whether the vcluster chart makes an object of this kind and name for a release. */
export function isOfChart(
  { apiVersion, kind, metadata }: ObjectIdentity,
  release: ReleaseName,
): boolean {
  const { name, namespace } = metadata;
  if (namespace === undefined) {
    return (
      CHART_CLUSTER_KINDS.has(`${apiVersion} ${kind}`) && clusterRoleNames(release).includes(name)
    );
  }
  return (
    namespace === release.namespace &&
    CHART_KINDS.has(`${apiVersion} ${kind}`) &&
    (name === release.name || name.startsWith(`${release.name}-`) || name.startsWith('vc-'))
  );
}

/** The chart's template vcluster.clusterRoleName and the one for several namespaces. */
function clusterRoleNames({ name, namespace }: ReleaseName): readonly string[] {
  return ['vc', 'vc-mn'].map((prefix) =>
    `${prefix}-${name}-v-${namespace}`.slice(0, 63).replace(/-$/, ''),
  );
}

function describe({ kind, metadata }: KubeObject): string {
  const { namespace, name } = metadata;
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
