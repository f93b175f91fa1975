import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../dist/replace-file.ts';

/**
 * What has been proved of a tenant and is about to be deleted, kept beside the archives until the
 * receipt is written: after an interruption it says what is left to do.
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
  readonly reason: string;
  /** What the chart has made outside of the namespace: `kind/name`. */
  readonly clusterWide: readonly string[];
}

const journalSchema: z.ZodType<Journal> = z.object({
  id: z.string(),
  namespaceUid: z.string(),
  archive: z.string(),
  digest: z.string(),
  objects: z.number(),
  volumes: z.number(),
  reason: z.string(),
  clusterWide: z.array(z.string()),
});

export function readJournal(archives: string, id: string): Journal | null {
  const path = pathOf(archives, id);
  return existsSync(path) ? journalSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
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
