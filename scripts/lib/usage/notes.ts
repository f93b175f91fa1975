import type { Period } from '@tenantry/tenants';

/** What a reader of the figures must know. */
export interface Note {
  readonly kind:
    | 'source'
    | 'branch'
    | 'start'
    | 'example'
    | 'shallow'
    | 'date'
    | 'merge'
    | 'moved'
    | 'removed'
    | 'unreadable'
    | 'link'
    | 'name'
    | 'id-again'
    | 'uncommitted'
    | 'unpushed'
    | 'unpulled'
    | 'rule'
    | 'volumes';
  readonly text: string;
  /** The time whose figures it concerns; default: all. */
  readonly concerns?: Period;
}

/** The notes that say something about a period. */
export function notesFor(notes: readonly Note[], { from, to }: Period): readonly Note[] {
  return notes.filter(
    ({ concerns }) => concerns === undefined || (concerns.from < to && concerns.to > from),
  );
}

/** A commit as a note names it. */
export function short(hash: string): string {
  return hash.slice(0, 8);
}

const LAST_MOMENT = 8.64e15;

/** A moment in milliseconds since 1970; one that no calendar has is the number of its second. */
export function moment(milliseconds: number): string {
  return Math.abs(milliseconds) <= LAST_MOMENT
    ? new Date(milliseconds).toISOString()
    : `second ${Math.round(milliseconds / 1000)}`;
}
