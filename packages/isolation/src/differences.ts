type Fields = Readonly<Record<string, unknown>>;

/** What the API server allocates for a Service; it may be anything. */
const SERVICE_FIELDS = new Set(['clusterIP', 'clusterIPs', 'healthCheckNodePort', 'ipFamilies']);

/** Labels that others than dist/ and the chart write, and that open nothing. */
const FOREIGN_LABELS = new Set([
  'kubernetes.io/metadata.name',
  // Flux says of what it applies by which of its objects.
  ...['helm', 'kustomize'].flatMap((of) =>
    ['name', 'namespace'].map((key) => `${of}.toolkit.fluxcd.io/${key}`),
  ),
]);

/** A default that the scheduler reads from a namespace. */
const NODE_SELECTOR = /^scheduler\.alpha\.kubernetes\.io\//;

/**
 * Where an object in a cluster is not exactly what is wanted: `spec.ingress[1] added`. Values are
 * never told, since one may be a secret. `wanted` has the server's own defaults filled in.
 */
export function differences(wanted: KubeObject, live: KubeObject): readonly string[] {
  return compare(contentOf(wanted), contentOf(live), '');
}

function contentOf(object: KubeObject): Fields {
  const { status: _status, apiVersion: _version, metadata, ...rest } = object;
  const { annotations = {} } = metadata;
  const spec = rest['spec'] as Fields | undefined;
  return {
    ...rest,
    ...(spec !== undefined && { spec: specOf(object.kind, spec) }),
    ...(object.kind === 'ServiceAccount' && { secrets: undefined }),
    metadata: {
      finalizers: metadata.finalizers,
      labels: labelsOf(metadata.labels ?? {}),
      annotations:
        object.kind === 'Namespace'
          ? Object.fromEntries(
              Object.entries(annotations).filter(
                ([key]) => NODE_SELECTOR.test(key) || key === HOSTNAMES_ANNOTATION,
              ),
            )
          : {},
    },
  };
}

function labelsOf(labels: Readonly<Record<string, string>>): Fields {
  return Object.fromEntries(
    Object.entries(labels).filter(
      ([key, value]) =>
        !FOREIGN_LABELS.has(key) &&
        // Helm marks what it installs, and does not render the mark.
        !(key === 'app.kubernetes.io/managed-by' && value === 'Helm'),
    ),
  );
}

function specOf(kind: string, spec: Fields): Fields {
  if (kind !== 'Service') return spec;
  const rest = Object.fromEntries(Object.entries(spec).filter(([key]) => !SERVICE_FIELDS.has(key)));
  const ports = (spec['ports'] ?? []) as readonly Fields[];
  return { ...rest, ports: ports.map(({ nodePort: _nodePort, ...port }) => port) };
}

function compare(wanted: unknown, live: unknown, path: string): readonly string[] {
  if (isNothing(wanted) && isNothing(live)) return [];
  if (isNothing(wanted)) return [`${path} added`];
  if (isNothing(live)) return [`${path} missing`];
  if (Array.isArray(wanted) && Array.isArray(live)) {
    const length = Math.max(wanted.length, live.length);
    return Array.from({ length }, (_, index) =>
      compare(wanted[index], live[index], `${path}[${index}]`),
    ).flat();
  }
  if (isFields(wanted) && isFields(live)) {
    const keys = new Set([...Object.keys(wanted), ...Object.keys(live)]);
    return [...keys]
      .sort()
      .flatMap((key) => compare(wanted[key], live[key], path === '' ? key : `${path}.${key}`));
  }
  return wanted === live ? [] : [`${path} differs`];
}

/** An empty rule or selector is not nothing: it admits everybody. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
import type { KubeObject } from '@tenantry/plan';
import { HOSTNAMES_ANNOTATION } from '@tenantry/tenants';
