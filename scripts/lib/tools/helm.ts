import { parseAllDocuments } from 'yaml';
import type { KubeObject, Target } from './kubectl.ts';
import { run, type Shell } from '../cli/shell.ts';

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
  readonly objects: readonly Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>[];
}

/** The newest revision of a release, or null where there is none. */
export async function getRelease(
  $: Shell,
  target: Target,
  name: string,
  namespace: string,
): Promise<Release | null> {
  const where = [
    '--kubeconfig',
    target.kubeconfig,
    '--kube-context',
    target.context,
    '-n',
    namespace,
  ];
  const listed = parseReleases(
    await run($, 'helm', ['list', ...where, '--all', '--filter', `^${name}$`, '-o', 'json']),
  );
  const found = listed.find((release) => release.name === name);
  if (found === undefined) return null;
  const [values, manifest] = await Promise.all([
    run($, 'helm', ['get', 'values', name, ...where, '-o', 'json']),
    run($, 'helm', ['get', 'manifest', name, ...where]),
  ]);
  return {
    revision: Number(found.revision),
    status: found.status,
    chart: found.chart,
    values: JSON.parse(values) as unknown,
    objects: parseManifest(manifest, namespace),
  };
}

interface ListedRelease {
  readonly name: string;
  readonly revision: string;
  readonly status: string;
  readonly chart: string;
}

/** `helm list -o json`. */
export function parseReleases(text: string): readonly ListedRelease[] {
  return (JSON.parse(text) as readonly ListedRelease[] | null) ?? [];
}

/** A rendered chart as objects; a namespaced one without a namespace is in the release's. */
export function parseManifest(text: string, namespace: string): Release['objects'] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null)
    .map((object) =>
      /^Cluster|^(Namespace|PersistentVolume|StorageClass)$/.test(object.kind)
        ? object
        : {
            ...object,
            metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace },
          },
    );
}
