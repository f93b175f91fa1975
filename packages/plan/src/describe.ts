import type { Change, UpgradeReason } from './change.ts';
import { objectOf } from './kube-object.ts';
import type { LiveVersions } from './live-versions.ts';

/** Something that was done, as `pnpm deploy` says it. */
export interface Done {
  /** What has become of an object: `created`. Null for anything else. */
  readonly done: string | null;
  readonly text: string;
}

/** Something that was done to no object in particular. */
export function somethingDone(text: string): Done {
  return { done: null, text };
}

export function describeDone(change: Change): readonly Done[] {
  if (change.kind === 'install') return [somethingDone('vcluster: installed')];
  if (change.kind === 'upgrade') {
    return change.reasons.map((reason) => somethingDone(`vcluster: ${describeReason(reason)}`));
  }
  switch (change.kind) {
    case 'scale':
      return [
        somethingDone(
          change.to === 0
            ? 'was running: scaled to zero'
            : `vcluster: scaled from ${change.from} to ${change.to}`,
        ),
      ];
    case 'forget-pause':
      return [somethingDone('annotations of `vcluster pause` removed')];
    // What has become of the pods is known afterwards only.
    case 'remove-pods':
    case 'conflict':
    case 'refused':
      return [];
    default:
      return [describeObject(change)];
  }
}

function describeObject(
  change: Extract<Change, { kind: 'create' | 'update' | 'delete' | 'recreate' }>,
): Done {
  const { layer, object, kind } = change;
  if (layer === 'vcluster') {
    return { done: 'of the vcluster put right', text: `vcluster: drift in ${object}` };
  }
  if (kind === 'delete') return { done: 'pruned', text: `${object} pruned` };
  const done = { create: 'created', update: 'changed', recreate: 'made anew' }[kind];
  return { done, text: `${shortName(object)} ${done}` };
}

/** `Deployment/web`. */
export function shortName(reference: string): string {
  const { kind, metadata } = objectOf(reference);
  return `${kind}/${metadata.name}`;
}

export function describeReason(reason: UpgradeReason): string {
  switch (reason.what) {
    case 'status':
      return `release is ${reason.status}`;
    case 'chart':
      return `chart is vcluster-${reason.from}`;
    case 'values':
      return 'values differ';
    default:
      return "Helm's record is not the one that deploy left";
  }
}

/** `vcluster 0.36.0, Kubernetes 1.36.3`. */
export function describeVersions({ vcluster, kubernetes }: LiveVersions): string {
  return `vcluster ${vcluster ?? 'unknown'}, Kubernetes ${kubernetes ?? 'unknown'}`;
}

/** What stands in the way of a change: what, why, what to do. Empty where nothing does. */
export function describeObstacle(change: Change, id: string | null): string {
  const where = id === null ? '' : ` ${id}`;
  if (change.kind === 'conflict') {
    const fields = change.conflicts.map(
      ({ field, manager, subresource }) =>
        `conflict with ${JSON.stringify(manager)}${subresource === '' ? '' : ` (${subresource})`}: ${field}`,
    );
    return `${change.object}: ${fields.join('; ')}\n  → take the change back, put it into tenants.json, or take the field over: pnpm run deploy${where} --take-over`;
  }
  if (change.kind === 'refused') {
    const todo =
      change.why === 'it is being deleted'
        ? 'wait until it is gone, then run pnpm deploy again'
        : 'delete it by hand if what it holds may go, or take the change of dist/ back';
    return `${change.object}: ${change.why}\n  → ${todo}`;
  }
  return '';
}

/** What differs, as `pnpm status` says it; null for what its other words say already. */
export function describeDrift(change: Change): readonly string[] {
  switch (change.kind) {
    case 'scale':
      return change.to === 0 || change.from === 0
        ? []
        : [`${change.from} control planes, not ${change.to}`];
    case 'forget-pause':
    case 'remove-pods':
    case 'install':
      return [];
    case 'upgrade':
      return change.reasons.filter(({ what }) => what !== 'chart').map(describeReason);
    case 'create':
      return [`${shortName(change.object)} is missing`];
    case 'update':
      return [`${shortName(change.object)} differs in ${paths(change.fields)}`];
    case 'recreate':
      return [`${shortName(change.object)} cannot be changed and is made anew`];
    case 'delete':
      return [`${shortName(change.object)} is no longer in dist/`];
    case 'conflict': {
      const managers = [...new Set(change.conflicts.map(({ manager }) => manager))].join(', ');
      const fields = change.conflicts.map(({ field }) => field).join(', ');
      return [`conflict with ${managers} in ${shortName(change.object)}: ${fields}`];
    }
    default:
      return [`${shortName(change.object)}: ${change.why}`];
  }
}

function paths(fields: readonly { readonly path: string }[]): string {
  const shown = fields.slice(0, 3).map(({ path }) => path);
  return shown.join(', ') + (fields.length > 3 ? ` and ${fields.length - 3} more` : '');
}
