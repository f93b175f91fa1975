import { isDeepStrictEqual } from 'node:util';
import { parseQuantity, valueAt } from '@tenantry/tenants';
import type { KubeObject } from '../kube-object.ts';
import { immutableValues } from '../preconditions.ts';
import { replicasOf } from '../replicas.ts';
import { weakenedBinding, weakenedPolicy } from './admission-policy.ts';
import { immutableFields } from './immutable.ts';
import { widened } from './network-policy.ts';
import { loosenedPods, movingImages, podTemplateOf } from './pod-spec.ts';
import { newRights, newSubjects } from './rbac.ts';
import { asText, listAt } from '../value-at.ts';
import type { RiskRule, Subject } from './risk.ts';
import { minorSteps } from './versions.ts';
import { KUBERNETES_TAG } from '../version-obstacle.ts';

/** All rules, what decides most first. */
export const RISK_RULES: readonly RiskRule[] = [
  {
    id: 'end',
    severity: 'high',
    reason: 'the tenant is held paused until a person deletes it for good',
    cure: 'make sure that it has been told, and that its data may go; pnpm offboard archives it first',
    find: ofTenant((before, after) => {
      if (after === null) return ['it is no longer in dist/'];
      return after.state === 'offboarding' && before.state !== 'offboarding'
        ? [`${before.state} → offboarding`]
        : [];
    }),
  },
  {
    id: 'deletion',
    severity: 'high',
    reason: 'what it holds is gone with it',
    cure: 'make sure that a copy is kept, or leave it in dist/',
    find: ofObject((before, after) =>
      after === null && HOLDS_DATA.has(before?.kind ?? '') ? ['it is deleted'] : [],
    ),
  },
  {
    id: 'isolation-loosened',
    severity: 'high',
    reason: 'a tenant reaches, or may do, what it could not before',
    cure: 'have it reviewed by who answers for the isolation, and run pnpm verify after the deploy',
    find: (subject) => [...loosenedObject(subject), ...loosenedValues(subject)],
  },
  {
    id: 'pod-security-lowered',
    severity: 'high',
    reason: 'pods may do more on the node that tenants share',
    cure: 'keep the level, and change what does not fit it',
    find: (subject) => [...loweredLevel(subject), ...ofObject(morePrivileges)(subject)],
  },
  {
    id: 'rbac-widened',
    severity: 'high',
    reason: 'an account gets rights that it had not',
    cure: 'give the verb and the resource that are needed, and no others',
    find: (subject) => [...widenedRoles(subject), ...widenedValues(subject)],
  },
  {
    id: 'volume-class-changed',
    severity: 'high',
    reason: 'Kubernetes moves no volume to another storage class',
    cure: 'set it back, or archive the tenant, change the class, and restore it from the archive',
    find: (subject) => [...ofObject(otherClass)(subject), ...ofValues(otherClassInValues)(subject)],
  },
  {
    id: 'version-lowered',
    severity: 'high',
    reason: 'neither Kubernetes nor vcluster reads what a later minor has written',
    cure: 'restore the archive that was made before the upgrade',
    find: (subject) => stepsOf(subject).lowered,
  },
  {
    id: 'minor-skipped',
    severity: 'high',
    reason: 'Kubernetes and vcluster are upgraded by one minor at a time',
    cure: 'go to the next minor first, and deploy it',
    find: (subject) => stepsOf(subject).skipped,
  },
  {
    id: 'immutable-field',
    severity: 'high',
    reason: 'Kubernetes never changes this field of what lives',
    cure: 'set it back, or delete the object when it may be gone for a while; a deploy makes it anew',
    find: (subject) => [
      ...ofObject((before, after) =>
        before === null || after === null ? [] : immutableFields(before, after),
      )(subject),
      ...ofValues(immutableValues)(subject),
    ],
  },
  {
    id: 'quota-below-use',
    severity: 'low',
    reason: 'what runs goes on, but nothing more is started, not even a pod that has ended',
    cure: 'raise the plan, or have the tenant use less first',
    find: ofObject(belowUse),
  },
  {
    id: 'image-not-fixed',
    severity: 'low',
    reason: 'such a reference may mean another image tomorrow',
    cure: 'name it by digest, or by the tag of a release',
    find: ofObject((before, after) => (after === null ? [] : movingImages(before, after))),
  },
  {
    id: 'pause',
    severity: 'low',
    reason: 'its pods end; objects and volumes stay, pods that nothing made are gone',
    cure: 'make sure that it has been told; pnpm resume brings it back',
    find: ofTenant((before, after) =>
      after?.state === 'paused' && before.state !== 'paused' ? [`${before.state} → paused`] : [],
    ),
  },
  {
    id: 'replicas-to-zero',
    severity: 'low',
    reason: 'nothing of it runs any more',
    cure: 'leave one replica, or pause the tenant',
    find: ofObject((before, after) => {
      const [was, is] = [before, after].map((object) => valueAt(object, ['spec', 'replicas']));
      return after !== null && is === 0 && was !== 0 && before !== null
        ? [`${asText(was ?? 1)} → 0`]
        : [];
    }),
  },
  {
    id: 'restart',
    severity: 'low',
    reason: 'its pods are replaced; with one replica it is away for a moment',
    cure: 'deploy when that may be',
    find: (subject) => [...ofObject(otherTemplate)(subject), ...restartedControlPlane(subject)],
  },
];

const HOLDS_DATA = new Set(['Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'Secret']);

type Find<T> = (before: T, after: T) => readonly string[];

function ofObject(find: Find<KubeObject | null>): RiskRule['find'] {
  return (subject) => (subject.kind === 'object' ? find(subject.before, subject.after) : []);
}

function ofValues(find: Find<unknown>): RiskRule['find'] {
  return (subject) =>
    subject.kind === 'values' && subject.before !== null && subject.after !== null
      ? find(subject.before, subject.after)
      : [];
}

type TenantSubject = Extract<Subject, { kind: 'tenant' }>;

function ofTenant(
  find: (
    before: NonNullable<TenantSubject['before']>,
    after: TenantSubject['after'],
  ) => readonly string[],
): RiskRule['find'] {
  return (subject) =>
    subject.kind === 'tenant' && subject.before !== null ? find(subject.before, subject.after) : [];
}

/** Kinds that only restrict, so that a deletion loosens. */
const RESTRICTS = new Set([
  'NetworkPolicy',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'ResourceQuota',
  'LimitRange',
]);

function loosenedObject(subject: Subject): readonly string[] {
  if (subject.kind !== 'object') return [];
  const { before, after, isNew } = subject;
  if (after === null) return RESTRICTS.has(before?.kind ?? '') ? ['it is deleted'] : [];
  if (after.kind === 'NetworkPolicy') return isNew ? [] : widened(before, after);
  if (before === null) return [];
  switch (after.kind) {
    case 'ValidatingAdmissionPolicy':
      return weakenedPolicy(before, after);
    case 'ValidatingAdmissionPolicyBinding':
      return weakenedBinding(before, after);
    case 'ResourceQuota':
      return Object.keys(valueAt(before, ['spec', 'hard']) ?? {})
        .filter((name) => valueAt(after, ['spec', 'hard', name]) === undefined)
        .map((name) => `${name} has no limit any more`);
    default:
      return [];
  }
}

/** Policies of the chart that values turn off. */
function loosenedValues(subject: Subject): readonly string[] {
  return ofValues((before, after) =>
    ['networkPolicy', 'resourceQuota', 'limitRange'].flatMap((policy) => {
      const path = ['policies', policy, 'enabled'];
      return valueAt(before, path) === true && valueAt(after, path) !== true
        ? [`${path.join('.')} is off`]
        : [];
    }),
  )(subject);
}

const LEVELS = ['privileged', 'baseline', 'restricted'];
const ENFORCE = 'pod-security.kubernetes.io/enforce';

function loweredLevel(subject: Subject): readonly string[] {
  if (subject.kind === 'tenant') return [];
  const path =
    subject.kind === 'values'
      ? ['policies', 'podSecurityStandard']
      : subject.after?.kind === 'Namespace'
        ? ['metadata', 'labels', ENFORCE]
        : null;
  if (path === null || subject.before === null || subject.after === null) return [];
  const [was, is] = [subject.before, subject.after].map((value) => valueAt(value, path));
  const rank = (level: unknown) => LEVELS.indexOf(String(level));
  return rank(is) < rank(was)
    ? [`${path.join('.')}: ${asText(was)} → ${asText(is ?? 'none')}`]
    : [];
}

function morePrivileges(before: KubeObject | null, after: KubeObject | null): readonly string[] {
  return after === null || before === null ? [] : loosenedPods(before, after);
}

function widenedRoles(subject: Subject): readonly string[] {
  if (subject.kind !== 'object' || subject.after === null || subject.isNew) return [];
  const { before, after } = subject;
  if (/^(Cluster)?Role$/.test(after.kind)) {
    const path = ['aggregationRule'];
    return [
      ...newRights(listAt(before, ['rules']), listAt(after, ['rules'])),
      ...(isDeepStrictEqual(valueAt(before, path), valueAt(after, path)) ? [] : path),
    ];
  }
  return /^(Cluster)?RoleBinding$/.test(after.kind) ? newSubjects(before, after) : [];
}

function widenedValues(subject: Subject): readonly string[] {
  const lists = ['overwriteRules', 'extraRules'];
  return ofValues((before, after) =>
    ['role', 'clusterRole'].flatMap((role) => {
      const rulesOf = (values: unknown) =>
        lists.flatMap((list) => listAt(values, ['rbac', role, list]));
      const isOverwritten = (values: unknown) =>
        listAt(values, ['rbac', role, 'overwriteRules']).length > 0;
      return [
        ...newRights(rulesOf(before), rulesOf(after)),
        ...(isOverwritten(before) && !isOverwritten(after) ? ["the chart's own rights"] : []),
      ];
    }),
  )(subject);
}

function otherClass(before: KubeObject | null, after: KubeObject | null): readonly string[] {
  if (before === null || after === null) return [];
  const classesOf = (object: KubeObject): readonly (readonly [string, unknown])[] =>
    object.kind === 'PersistentVolumeClaim'
      ? [['spec.storageClassName', valueAt(object, ['spec', 'storageClassName'])]]
      : listAt(object, ['spec', 'volumeClaimTemplates']).map((claim) => [
          String(valueAt(claim, ['metadata', 'name'])),
          valueAt(claim, ['spec', 'storageClassName']),
        ]);
  const is = new Map(classesOf(after));
  return classesOf(before)
    .filter(([name, was]) => is.has(name) && is.get(name) !== was)
    .map(([name, was]) => `${name}: ${shown(was)} → ${shown(is.get(name))}`);
}

const CLASS = ['controlPlane', 'statefulSet', 'persistence', 'volumeClaim', 'storageClass'];

function otherClassInValues(before: unknown, after: unknown): readonly string[] {
  const [was = '', is = ''] = [before, after].map((values) => valueAt(values, CLASS));
  return was === is ? [] : [`${CLASS.join('.')}: ${shown(was)} → ${shown(is)}`];
}

function shown(storageClass: unknown): string {
  return storageClass === undefined || storageClass === ''
    ? "the cluster's default"
    : asText(storageClass);
}

function stepsOf(subject: Subject): ReturnType<typeof minorSteps> {
  const steps = [];
  if (subject.kind === 'tenant' && subject.before !== null && subject.after !== null) {
    steps.push(minorSteps('vcluster', subject.before.chartVersion, subject.after.chartVersion));
  }
  if (subject.kind === 'values') {
    const [was, is] = [subject.before, subject.after].map((values) =>
      valueAt(values, KUBERNETES_TAG),
    );
    steps.push(minorSteps('Kubernetes', was, is));
  }
  return {
    skipped: steps.flatMap(({ skipped }) => skipped),
    lowered: steps.flatMap(({ lowered }) => lowered),
  };
}

/** Live objects only: what is used, nobody has written into a file. */
function belowUse(before: KubeObject | null, after: KubeObject | null): readonly string[] {
  if (after?.kind !== 'ResourceQuota') return [];
  const hard = (valueAt(after, ['spec', 'hard']) ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(hard).flatMap(([name, limit]) => {
    const used = valueAt(before, ['status', 'used', name]);
    const [most, now] = [limit, used].map((amount) => parseQuantity(asText(amount)));
    return most != null && now != null && most < now
      ? [`${name}: ${String(used)} used, ${String(limit)} allowed`]
      : [];
  });
}

function otherTemplate(before: KubeObject | null, after: KubeObject | null): readonly string[] {
  const [was, is] = [podTemplateOf(before), podTemplateOf(after)];
  const runs = valueAt(after, ['spec', 'replicas']) !== 0;
  return was !== undefined && is !== undefined && runs && !isDeepStrictEqual(was, is)
    ? ['another pod template']
    : [];
}

/** The chart writes a hash of all values into the template of the control plane's pods. */
function restartedControlPlane(subject: Subject): readonly string[] {
  if (subject.kind === 'tenant') {
    const { before, after } = subject;
    return before !== null &&
      after?.state === 'active' &&
      before.chartVersion !== after.chartVersion
      ? ['the control plane, with another chart']
      : [];
  }
  return ofValues((before, after) =>
    replicasOf(before) > 0 && replicasOf(after) > 0 && !isDeepStrictEqual(before, after)
      ? ['the control plane, with other values']
      : [],
  )(subject);
}
