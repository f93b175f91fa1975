import { InvalidTenants, parseFormerTenants, type Tenant } from '@tenantry/tenants';
import type { Step } from './commits.ts';
import { isExample } from './example.ts';
import { ABSENT, type Found } from './follow.ts';
import { moment, type Note, short } from './notes.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import { type Entry, isSame } from '../git/tree-path.ts';

/** A step after which tenants.json is another one. */
export interface Change {
  readonly step: Step;
  readonly path: string;
  readonly entry: Entry;
  readonly before: Entry;
  /** When it counts from, and until when. */
  readonly from: number;
  readonly to: number;
  /** Null where the file cannot be read. */
  readonly tenants: readonly Tenant[] | null;
  /** Why it cannot be read. */
  readonly fault: string | null;
  readonly isExample: boolean;
}

type Content = Pick<Change, 'tenants' | 'fault' | 'isExample'>;

/** What an entry says; each file is read once. */
export type ContentReader = (entry: Entry) => Promise<Content>;

/** The steps that changed the file, oldest first, each with what it made of it. */
export async function readChanges(
  content: ContentReader,
  steps: readonly Step[],
  found: readonly Found[],
  times: readonly number[],
): Promise<readonly Change[]> {
  const changed = steps.flatMap((step, index) => {
    const { entry, path } = found[index] ?? { entry: ABSENT, path: '' };
    const before = found[index - 1]?.entry ?? ABSENT;
    return isSame(entry, before) ? [] : [{ step, path, entry, before, from: times[index] ?? 0 }];
  });
  const contents = await Promise.all(changed.map(({ entry }) => content(entry)));
  return changed.map((change, index) => ({
    ...change,
    ...(contents[index] ?? NOBODY),
    to: changed[index + 1]?.from ?? Infinity,
  }));
}

const NOBODY: Content = { tenants: [], fault: null, isExample: false };

export function contentReader(reader: ObjectReader): ContentReader {
  const known = new Map<string, Promise<Content>>();
  return async (entry) => {
    if (entry.kind === 'absent') return NOBODY;
    if (entry.kind === 'unreadable') return { ...NOBODY, tenants: null, fault: entry.why };
    const content =
      known.get(entry.hash) ??
      reader.read(entry.hash).then((object) => parseContent(object.content.toString()));
    known.set(entry.hash, content);
    return content;
  };
}

function parseContent(text: string): Content {
  try {
    return { tenants: parseFormerTenants(text).tenants, fault: null, isExample: isExample(text) };
  } catch (error) {
    if (!(error instanceof InvalidTenants)) throw error;
    const [fault] = error.faults;
    const place = `${fault?.line}:${fault?.column}`;
    return { ...NOBODY, tenants: null, fault: `${place} ${fault?.path} ${fault?.message}` };
  }
}

/** What a version cannot say, or says of itself. */
export function contentNotes({ step, from, to, fault }: Change): readonly Note[] {
  if (fault === null) return [];
  const text = `tenants.json cannot be read in ${short(step.hash)} of ${moment(from)} (${fault}); the hours until the next version are unknown`;
  return [{ kind: 'unreadable', text, concerns: { from, to } }];
}

/** A date that was not believed. */
export function dateNotes({ step, from }: Change, now: number): readonly Note[] {
  if (step.date === from) return [];
  const why = step.date > now ? 'in the future' : 'out of order with the commits around it';
  const counts = from === now ? 'it does not count yet' : `it counts from ${moment(from)}`;
  return [
    {
      kind: 'date',
      text: `commit ${short(step.hash)} is dated ${moment(step.date)}, ${why}; ${counts}`,
      // A period ends now at the latest: one that does is concerned.
      concerns: { from: Math.min(from, step.date, now - 1), to: Math.max(from, step.date) },
    },
  ];
}
