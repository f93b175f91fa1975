import type { Json, KubeObject, ObjectOf } from '@tenantry/plan';
import type {
  V1APIResource,
  V1APIResourceList,
  V1APIService,
  V1CustomResourceDefinition,
} from '@tenantry/kube-library';
import { ExpectedError } from '../cli/errors.ts';
import type { Api } from './api-client.ts';
import { ask } from './ask.ts';
import { listAll } from './list-objects.ts';

/** A kind of object that an API server lists. */
export interface ApiResource {
  /** As `kubectl get` takes it: `widgets.example.com`, `pods`. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Where it is listed, the best first: `/apis/example.com/v1/widgets`. */
  readonly paths: readonly string[];
}

/** What is there and cannot be read. */
export interface Unreadable {
  /** A resource (`widgets.example.com`), or an APIService (`v1beta1.metrics.k8s.io`). */
  readonly name: string;
  readonly reason: string;
}

export interface Catalogue {
  readonly resources: readonly ApiResource[];
  readonly unreadable: readonly Unreadable[];
}

/** A version of an API group, and what its server says that it serves. */
export interface GroupVersion {
  /** Of its APIService: `v1.apps`. */
  readonly name: string;
  readonly group: string;
  readonly version: string;
  /** The higher, the more an API server prefers it among those of its group. */
  readonly priority: number;
  readonly served: readonly ServedResource[] | { readonly error: string };
}

/** As a group version's discovery document names it. */
export type ServedResource = Pick<Json<V1APIResource>, 'name' | 'kind' | 'namespaced' | 'verbs'>;

/** What of a CustomResourceDefinition decides where its objects are read. */
export interface StoredVersions {
  /** `widgets.example.com`. */
  readonly name: string;
  readonly storage: string;
  readonly served: readonly string[];
}

/**
 * Where each resource is to be listed. A custom resource is read in the version that it is stored
 * in, which takes no conversion, and so no webhook; in its other versions where that fails.
 */
export function catalogueOf(
  groupVersions: readonly GroupVersion[],
  definitions: readonly StoredVersions[],
): Catalogue {
  const unreadable: Unreadable[] = [];
  const versionsOf = new Map<string, { served: ServedResource; group: string; in: string[] }>();
  for (const each of groupVersions.toSorted((a, b) => b.priority - a.priority)) {
    if ('error' in each.served) {
      unreadable.push({ name: each.name, reason: each.served.error });
      continue;
    }
    for (const served of each.served) {
      if (served.name.includes('/')) continue;
      const name = nameOf(served.name, each.group);
      const known = versionsOf.get(name);
      if (known === undefined) versionsOf.set(name, { ...each, served, in: [each.version] });
      else known.in.push(each.version);
    }
  }
  const custom = new Map(definitions.map((definition) => [definition.name, definition]));
  for (const { name, served } of definitions) {
    if (served.length > 0) continue;
    unreadable.push({ name, reason: 'its CustomResourceDefinition serves no version' });
  }
  const resources = [...versionsOf].map(([name, { served, group, in: versions }]) => {
    const { storage } = custom.get(name) ?? {};
    const ordered = storage === undefined ? versions.slice(0, 1) : storageFirst(versions, storage);
    return {
      ...served,
      name,
      paths: ordered.map((version) => pathOf(group, version, served.name)),
    };
  });
  return { resources: resources.toSorted((a, b) => (a.name < b.name ? -1 : 1)), unreadable };
}

function storageFirst(versions: readonly string[], storage: string): readonly string[] {
  return versions.toSorted((a, b) => Number(b === storage) - Number(a === storage));
}

function nameOf(plural: string, group: string): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function pathOf(group: string, version: string, plural?: string): string {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return plural === undefined ? base : `${base}/${plural}`;
}

export interface DiscoverOptions {
  /** Whether to ask for what other servers answer behind this one. @default true */
  readonly aggregated?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Asks an API server for all that it lists. @throws where it cannot say what is its own */
export async function discover(
  api: Api,
  { aggregated = true, signal }: DiscoverOptions = {},
): Promise<Catalogue> {
  const services = (await listAll(api, API_SERVICES, { signal })).filter(
    (service) => aggregated || !isAggregated(service),
  );
  const groupVersions: GroupVersion[] = [];
  for (const service of [...services, OWN_GROUP]) {
    groupVersions.push(await groupVersionOf(api, service, signal));
  }
  const definitions = await listAll(api, CUSTOM_RESOURCE_DEFINITIONS, { signal });
  return catalogueOf(groupVersions, definitions.map(storedVersionsOf));
}

const API_SERVICES = {
  name: 'apiservices.apiregistration.k8s.io',
  kind: 'APIService',
  paths: ['/apis/apiregistration.k8s.io/v1/apiservices'],
};
/** The group of the APIServices is the only one that has none of its own. */
const OWN_GROUP: KubeObject = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1.apiregistration.k8s.io' },
  spec: {
    group: 'apiregistration.k8s.io',
    version: 'v1',
    groupPriorityMinimum: 0,
    versionPriority: 0,
  },
};
const CUSTOM_RESOURCE_DEFINITIONS = {
  name: 'customresourcedefinitions.apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  paths: ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions'],
};

/** Whether a Service answers for a group version. */
function isAggregated({ spec }: ObjectOf<V1APIService>): boolean {
  return spec?.service != null;
}

async function groupVersionOf(
  api: Api,
  apiService: ObjectOf<V1APIService>,
  signal: AbortSignal | undefined,
): Promise<GroupVersion> {
  const { metadata, spec } = apiService;
  if (spec?.version === undefined) throw new ExpectedError(`${metadata.name} names no version`);
  const { group = '', version, groupPriorityMinimum, versionPriority } = spec;
  const aggregated = isAggregated(apiService);
  const answer = await ask(api, pathOf(group, version), { aggregated, signal });
  const { resources }: Partial<Json<V1APIResourceList>> = answer.body;
  // A group version whose definition has just gone is listed a moment longer.
  const gone = !aggregated && answer.status === 404;
  if (!answer.ok && !aggregated && !gone) {
    throw new ExpectedError(
      `the API server does not say what ${metadata.name} holds: ${answer.message}`,
    );
  }
  return {
    name: metadata.name,
    group,
    version,
    priority: groupPriorityMinimum * 1e6 + versionPriority,
    served: answer.ok || gone ? (resources ?? []) : { error: answer.message },
  };
}

function storedVersionsOf(definition: KubeObject): StoredVersions {
  const { metadata, spec } = definition as ObjectOf<V1CustomResourceDefinition>;
  const { versions } = spec;
  return {
    name: metadata.name,
    storage: versions.find(({ storage }) => storage)?.name ?? '',
    served: versions.filter(({ served }) => served).map((version) => version.name),
  };
}
