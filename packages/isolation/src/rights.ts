/** The status of a SelfSubjectRulesReview. */
export interface Rules {
  readonly resourceRules?: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
  }[];
}

/** What everybody may who is known at all: ask about itself. */
const SELF_REVIEW_GROUPS = new Set(['authorization.k8s.io', 'authentication.k8s.io']);

/** The rights on objects that a review tells of, without the right to ask about oneself. */
export function rightsOf({ resourceRules = [] }: Rules): readonly string[] {
  return resourceRules
    .filter(
      ({ apiGroups = [], resources = [] }) =>
        !(
          apiGroups.every((group) => SELF_REVIEW_GROUPS.has(group)) &&
          resources.every((resource) => resource.startsWith('self'))
        ),
    )
    .map(({ verbs, resources = [] }) => `${verbs.join(',')} ${resources.join(',')}`);
}
