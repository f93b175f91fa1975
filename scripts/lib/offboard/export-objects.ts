import { closeSync, openSync, writeSync } from 'node:fs';
import { apiOf } from '../kube/api-client.ts';
import { discover, type Unreadable } from '../kube/api-resources.ts';
import type { KubeClient } from '../kube/client.ts';
import { canonicalJson } from '../kube/canonical-json.ts';
import { ListError, listPages } from '../kube/list-objects.ts';
import { Fault } from '../cli/errors.ts';
import { oneLine } from '../cli/one-line.ts';
import { createIndex, type ObjectIndex } from './object-index.ts';

/** A cluster's objects, and what of them could not be read. */
export interface ExportedObjects extends ObjectIndex {
  /** Names of resources and APIServices, sorted. */
  readonly unreadable: readonly string[];
}

export interface ExportOptions {
  /** What need not be readable, by name. */
  readonly acceptUnreadable: readonly string[];
  /** Where to write the objects, a line each; nowhere by default. */
  readonly file?: string;
  readonly signal: AbortSignal;
}

/**
 * Reads every object that an API server lists, each once, and page by page: no more than a page is
 * held at a time. @throws Fault naming what cannot be read and was not accepted
 */
export async function exportObjects(
  client: KubeClient,
  { acceptUnreadable, file, signal }: ExportOptions,
): Promise<ExportedObjects> {
  const api = apiOf(client);
  const { resources, unreadable: unserved } = await discover(api, { signal });
  const unreadable: Unreadable[] = [...unserved];
  const index = createIndex();
  using lines = file === undefined ? null : openLines(file);
  for (const resource of resources) {
    if (!resource.verbs.includes('list')) continue;
    try {
      for await (const page of listPages(api, resource, { signal })) {
        for (const object of page) if (index.add(object)) lines?.write(canonicalJson(object));
      }
    } catch (error) {
      if (!(error instanceof ListError)) throw error;
      unreadable.push({ name: error.resource, reason: error.reason });
    }
  }
  mustBeAccepted(unreadable, acceptUnreadable);
  return { ...index, unreadable: unreadable.map(({ name }) => name).sort() };
}

/** A new file (0600) that is written line by line. */
function openLines(file: string): Disposable & { write(line: string): void } {
  const descriptor = openSync(file, 'w', 0o600);
  return {
    write: (line) => void writeSync(descriptor, `${line}\n`),
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

/** @throws Fault */
export function mustBeAccepted(
  unreadable: readonly Unreadable[],
  accepted: readonly string[],
): void {
  const refused = unreadable.filter(({ name }) => !accepted.includes(name));
  if (refused.length === 0) return;
  const names = [...new Set(unreadable.map(({ name }) => name))].sort();
  const lines = refused.map(({ name, reason }) => `\n    ${name}: ${oneLine(reason)}`);
  throw new Fault({
    what: 'not every object can be read',
    why: `nothing was deleted${lines.join('')}`,
    todo: `have the tenant repair it, or add --accept-unreadable ${names.join(',')}: these objects are then in vcluster's snapshot only, and not compared; the receipt names them`,
  });
}
