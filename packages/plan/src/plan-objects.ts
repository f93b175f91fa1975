import type { ObjectChange } from './change.ts';
import { contentOf } from './content.ts';
import { type Answer, type Applied, isUnchanged, type Layer } from './dry-run.ts';
import { fieldChanges, withoutValues } from './field-diff.ts';
import { type KubeObject, referenceOf } from './kube-object.ts';
import type { Risk } from './risks/risk.ts';
import { risksOf } from './risks/risks-of.ts';

/** Objects as a cluster shows them, by reference, and its answers to what was tried. */
export interface ObjectsSeen {
  readonly live: ReadonlyMap<string, KubeObject>;
  readonly answers: ReadonlyMap<string, Answer>;
}

export const NOTHING_SEEN: ObjectsSeen = { live: new Map(), answers: new Map() };

export interface ObjectsPlan {
  readonly changes: readonly ObjectChange[];
  /** Objects that are as wanted, which was not known before they were compared. */
  readonly learnt: readonly string[];
  readonly risks: readonly Risk[];
}

/** Kinds that hold what would be lost if they were made anew. */
const HOLDS_DATA = new Set([
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StatefulSet',
]);

/** What makes the objects of a layer match; `surplus` is what was applied and is not wanted any more. */
export function planObjects(
  layer: Layer,
  wanted: readonly KubeObject[],
  surplus: readonly string[],
  { live, answers }: ObjectsSeen,
  applied: ReadonlyMap<string, Applied>,
): ObjectsPlan {
  const learnt: string[] = [];
  const risks: Risk[] = [];
  const judge = (reference: string, before: KubeObject | null, after: KubeObject | null) => {
    const isNew = live.size === 0;
    risks.push(...risksOf(reference, { kind: 'object', before, after, isNew }));
  };
  const changes = wanted.flatMap((object): readonly ObjectChange[] => {
    const reference = referenceOf(object);
    const where = { layer, object: reference };
    const there = live.get(reference);
    if (there === undefined) {
      judge(reference, null, object);
      return [{ ...where, kind: 'create' }];
    }
    if (there.metadata.deletionTimestamp !== undefined) {
      return [{ ...where, kind: 'refused', why: 'it is being deleted' }];
    }
    if (isUnchanged(layer, object, there, applied.get(reference))) return [];
    const answer = answers.get(reference);
    if (answer === undefined) throw new TypeError(`${reference} was not compared`);
    const change = changeBy(answer, object, there);
    if (change === null && answer.write.leaves.length === 0) learnt.push(reference);
    if (change === null) return [];
    if (change.kind !== 'conflict') {
      judge(reference, there, answer.kind === 'object' ? answer.object : object);
    }
    return [{ ...where, ...change }];
  });
  const gone = surplus
    .filter((reference) => live.get(reference)?.metadata.deletionTimestamp === undefined)
    .filter((reference) => live.has(reference))
    .map((object): ObjectChange => {
      judge(object, live.get(object) ?? null, null);
      return { layer, object, kind: 'delete' };
    });
  return { changes: [...changes, ...gone], learnt, risks };
}

type Distribute<T> = T extends ObjectChange ? Omit<T, 'layer' | 'object'> : never;

function changeBy(
  answer: Answer,
  wanted: KubeObject,
  live: KubeObject,
): Distribute<ObjectChange> | null {
  switch (answer.kind) {
    case 'conflict':
      return { kind: 'conflict', conflicts: answer.conflicts };
    case 'refused':
      return answer.immutable && !HOLDS_DATA.has(wanted.kind)
        ? { kind: 'recreate', why: answer.message }
        : { kind: 'refused', why: answer.message };
    default: {
      const stated = answer.write.body;
      const differing = fieldChanges(contentOf(live, stated), contentOf(answer.object, stated));
      const fields = wanted.kind === 'Secret' ? differing.map(withoutValues) : differing;
      const { method, force, leaves } = answer.write;
      return fields.length === 0 ? null : { kind: 'update', fields, method, force, leaves };
    }
  }
}
