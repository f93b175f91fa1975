/** A rule of a Role, or of the answer to a SelfSubjectRulesReview. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** The status of a SelfSubjectRulesReview. */
export interface RulesReview {
  readonly resourceRules?: readonly Rule[];
  readonly nonResourceRules?: readonly Rule[];
}

/** Every role and binding of a cluster. */
export interface Rbac {
  readonly roles: readonly KubeObject[];
  readonly bindings: readonly KubeObject[];
}

/** Who is asked about: a user by its name, or a group. */
export interface Subject {
  readonly kind: 'User' | 'Group';
  readonly name: string;
}

/** Rights that a subject has by one binding. */
export interface Grant {
  /** `RoleBinding bob/helpful`. */
  readonly binding: string;
  /** The namespace in which it holds; null for everywhere. */
  readonly namespace: string | null;
  /** `get apps/deployments`, `get /healthz`. */
  readonly rights: readonly string[];
}

/**
 * What everybody may do who is known to an API server, by the bindings that Kubernetes makes: ask
 * about oneself, and see which kinds and versions there are.
 */
export const EVERYBODY: ReadonlySet<string> = new Set([
  ...rightsOfRule({
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  }),
  ...rightsOfRule({
    verbs: ['create'],
    apiGroups: ['authentication.k8s.io'],
    resources: ['selfsubjectreviews'],
  }),
  ...rightsOfRule({
    verbs: ['get'],
    nonResourceURLs: [
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/openapi',
      '/openapi/*',
      '/healthz',
      '/livez',
      '/readyz',
      '/version',
      '/version/',
      '/.well-known/openid-configuration',
      '/.well-known/openid-configuration/',
      '/openid/v1/jwks',
      '/openid/v1/jwks/',
    ],
  }),
]);

/** Each right of a rule by itself. */
export function rightsOfRule({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: Rule): readonly string[] {
  const only = resourceNames.length === 0 ? '' : ` ${resourceNames.join(',')}`;
  return verbs.flatMap((verb) => [
    ...apiGroups.flatMap((group) =>
      resources.map((resource) => `${verb} ${group === '' ? '' : `${group}/`}${resource}${only}`),
    ),
    ...nonResourceURLs.map((url) => `${verb} ${url}`),
  ]);
}

/** The rights that a review tells of and `expected` does not have. */
export function rightsBeyond(
  { resourceRules = [], nonResourceRules = [] }: RulesReview,
  expected: ReadonlySet<string>,
): readonly string[] {
  return [...resourceRules, ...nonResourceRules]
    .flatMap(rightsOfRule)
    .filter((right) => !expected.has(right));
}

/** What the cluster's roles and bindings give to a subject, anywhere. */
export function grantsTo({ kind, name }: Subject, { roles, bindings }: Rbac): readonly Grant[] {
  const rules = new Map(
    roles.map((role) => [
      `${role.kind}/${role.metadata.namespace ?? ''}/${role.metadata.name}`,
      (role['rules'] ?? []) as readonly Rule[],
    ]),
  );
  return bindings
    .filter((binding) => binds(binding, kind, name))
    .map((binding) => {
      const namespace = binding.metadata.namespace ?? null;
      const roleRef = binding['roleRef'] as { readonly kind: string; readonly name: string };
      const where = roleRef.kind === 'ClusterRole' ? '' : (namespace ?? '');
      const found = rules.get(`${roleRef.kind}/${where}/${roleRef.name}`) ?? [];
      return {
        binding: `${binding.kind} ${namespace === null ? '' : `${namespace}/`}${binding.metadata.name}`,
        namespace,
        rights: found.flatMap(rightsOfRule),
      };
    });
}

interface BoundSubject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

function binds(binding: KubeObject, kind: Subject['kind'], name: string): boolean {
  const subjects = (binding['subjects'] ?? []) as readonly BoundSubject[];
  return subjects.some((subject) =>
    subject.kind === 'ServiceAccount'
      ? kind === 'User' &&
        name === `system:serviceaccount:${subject.namespace ?? ''}:${subject.name}`
      : subject.kind === kind && subject.name === name,
  );
}

/**
 * The grants that go beyond what is expected, for people. `expected` holds everywhere, `inside` in
 * `namespace` as well.
 */
export function grantsBeyond(
  grants: readonly Grant[],
  expected: ReadonlySet<string>,
  inside: { readonly namespace: string; readonly rights: ReadonlySet<string> } | null = null,
): readonly string[] {
  return grants.flatMap(({ binding, namespace, rights }) => {
    const isInside = inside !== null && namespace === inside.namespace;
    const beyond = rights.filter(
      (right) => !expected.has(right) && !(isInside && inside.rights.has(right)),
    );
    return beyond.length === 0
      ? []
      : [`${binding}: ${summarize(beyond)} in ${namespace ?? 'every namespace'}`];
  });
}

const SHOWN = 6;

/** `get pods, list pods and 12 more`. */
export function summarize(rights: readonly string[]): string {
  const unique = [...new Set(rights)];
  const rest = unique.length - SHOWN;
  return unique.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
import type { KubeObject } from '@tenantry/plan';
