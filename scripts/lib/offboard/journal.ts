import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../dist/replace-file.ts';
import { readJournalFile } from './journal-file.ts';

/**
 * What has been verified of a tenant and is about to be deleted, kept beside the archives (0600,
 * where no tenant writes) until the receipt is written: after an interruption it says what is left
 * to do. It names nothing that is deleted: that follows from the id.
 */
export interface Journal {
  readonly id: string;
  /** Of the host namespace that is deleted, so that no later one is mistaken for it. */
  readonly namespaceUid: string;
  /** File name in archives/. */
  readonly archive: string;
  /** `sha256:…`. */
  readonly digest: string;
  readonly objects: number;
  readonly volumes: number;
  /** How many of them are in the archive. */
  readonly archivedVolumes: number;
  readonly reason: string;
  /** Resources that could not be read, and were accepted. */
  readonly unreadable: readonly string[];
}

const journalSchema: z.ZodType<Journal> = z.object({
  id: z.string(),
  namespaceUid: z.string().min(1),
  archive: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  objects: z.int().min(0),
  volumes: z.int().min(0),
  archivedVolumes: z.int().min(0).default(0),
  reason: z.string().max(500),
  unreadable: z.array(z.string().regex(/^[a-z0-9.-]{1,253}$/)).default([]),
});

/** @throws UsageError where there is one that no offboarding of this tenant has written */
export function readJournal(archives: string, id: string): Journal | null {
  return readJournalFile(pathOf(archives, id), id, {
    schema: journalSchema,
    of: 'an offboarding',
    archiveOf: ({ archive }) => archive,
  });
}

export function writeJournal(archives: string, journal: Journal): void {
  replaceFile(pathOf(archives, journal.id), `${JSON.stringify(journal, null, 2)}\n`, 0o600);
}

export function removeJournal(archives: string, id: string): void {
  rmSync(pathOf(archives, id), { force: true });
}

function pathOf(archives: string, id: string): string {
  return join(archives, `${id}.offboarding.json`);
}
