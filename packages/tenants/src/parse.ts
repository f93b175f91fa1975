import type { z } from 'zod';
import type { Breach } from './breach.ts';
import { readDocument } from './document.ts';
import { explain } from './explain.ts';
import { type Fault, InvalidTenants } from './fault.ts';
import { resolveFleet } from './resolve.ts';
import { pinnedImageBreaches } from './release-rules.ts';
import { checkRules } from './rules.ts';
import { versionBreaches } from './version-rules.ts';
import { keysAt } from './schema-keys.ts';
import { fileSchema, type TenantsFile, unsetFileSchema } from './schema.ts';
import type { Fleet } from './tenant.ts';
import { vclusterSchema } from './vcluster-schema.ts';

/**
 * Reads the text of tenants.json. `file` is what error messages call it.
 * @throws InvalidTenants with every fault of the text, each with its place.
 */
export function parseTenants(text: string, file = 'tenants.json'): Fleet {
  return parse(text, file, fileSchema, (value) => [
    ...checkRules(value),
    ...pinnedImageBreaches(value),
    ...versionBreaches(value),
  ]);
}

/**
 * Reads a tenants.json of the past, whose settings, images and versions were those of its time.
 * @throws InvalidTenants
 */
export function parseFormerTenants(text: string): Fleet {
  return parse(text, 'tenants.json', unsetFileSchema, checkRules);
}

function parse(
  text: string,
  file: string,
  schema: z.ZodType<TenantsFile>,
  rules: (value: unknown) => readonly Breach[],
): Fleet {
  const document = readDocument(text);
  if (!('value' in document)) throw new InvalidTenants(file, document);
  const parsed = schema.safeParse(document.value);
  const issues = parsed.error?.issues ?? [];
  const faults: Fault[] = [
    ...document.faults,
    ...issues.flatMap((issue) => explain(issue, document, knownKeys)),
  ];
  for (const { path, message } of rules(document.value)) {
    faults.push(document.fault(path, message));
  }
  if (!parsed.success || faults.length > 0) throw new InvalidTenants(file, inOrder(faults));
  return resolveFleet(parsed.data);
}

function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** The keys that the schema has at a path; below a plan's `vcluster` it is the chart's. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  return path[0] === 'plans' && path[2] === 'vcluster'
    ? keysAt(vclusterSchema(), path.slice(3))
    : keysAt(fileSchema, path);
}
