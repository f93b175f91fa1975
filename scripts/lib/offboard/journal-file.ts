import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { UsageError } from '../cli/errors.ts';
import { isArchiveName } from './archive-store.ts';

/** A kind of journal. */
export interface JournalForm<J> {
  readonly schema: z.ZodType<J>;
  /** What writes it: `an offboarding`. */
  readonly of: string;
  /** The archive that it names, if any. */
  readonly archiveOf: (journal: J) => string | null;
}

/** Null where there is none. @throws UsageError where it is of another tenant, or nothing of ours */
export function readJournalFile<J extends { readonly id: string }>(
  path: string,
  id: string,
  { schema, of, archiveOf }: JournalForm<J>,
): J | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const journal = schema.parse(JSON.parse(text));
    if (journal.id !== id) throw new RangeError(`it is of ${JSON.stringify(journal.id)}`);
    const archive = archiveOf(journal);
    if (archive !== null && !isArchiveName(id, archive)) {
      throw new RangeError(`${JSON.stringify(archive)} is no archive of ${id}`);
    }
    return journal;
  } catch (error) {
    throw new UsageError(
      `${path} is no journal of ${of} of ${id}: ${String(error)}; nothing was changed\n  → remove it, and run the command again: it begins anew where the tenant still lives`,
      { cause: error },
    );
  }
}
