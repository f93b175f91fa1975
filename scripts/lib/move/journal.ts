import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../dist/replace-file.ts';
import { readJournalFile } from '../offboard/journal-file.ts';

/** What has been verified of a tenant on the host that it leaves. */
export interface MovedArchive {
  /** File name in archives/. */
  readonly name: string;
  /** `sha256:…`. */
  readonly digest: string;
  /** Of the host namespace that was archived, so that no later one is mistaken for it. */
  readonly namespaceUid: string;
  /** Of its StatefulSet, held at zero: another one after whoever scaled it, whatever it is now. */
  readonly generation: number;
}

/**
 * What is known of a move that has begun, kept beside the archives (0600) until it is over: after an
 * interruption it says, with tenants.json and what the hosts show, what is left to do.
 */
export interface MoveJournal {
  readonly id: string;
  /** Names of hosts. */
  readonly from: string;
  readonly to: string;
  /** Whether it ran before, and is to run again. */
  readonly wasActive: boolean;
  /** Null until one is verified. */
  readonly archive: MovedArchive | null;
  /** Whether nothing of it is left on `from`. */
  readonly isRemoved: boolean;
}

const journalSchema: z.ZodType<MoveJournal> = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  wasActive: z.boolean(),
  archive: z
    .object({
      name: z.string(),
      digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
      namespaceUid: z.string().min(1),
      generation: z.int().min(0),
    })
    .nullable(),
  isRemoved: z.boolean(),
});

/** @throws UsageError where there is one that no move of this tenant has written */
export function readMoveJournal(archives: string, id: string): MoveJournal | null {
  return readJournalFile(journalPath(archives, id), id, {
    schema: journalSchema,
    of: 'a move',
    archiveOf: ({ archive }) => archive?.name ?? null,
  });
}

export function writeMoveJournal(archives: string, journal: MoveJournal): void {
  mkdirSync(archives, { recursive: true, mode: 0o700 });
  replaceFile(journalPath(archives, journal.id), `${JSON.stringify(journal, null, 2)}\n`, 0o600);
}

export function removeMoveJournal(archives: string, id: string): void {
  rmSync(journalPath(archives, id), { force: true });
}

export function journalPath(archives: string, id: string): string {
  return join(archives, `${id}.moving.json`);
}
