import { z } from 'zod';
import { readDocument } from './document.ts';
import { explain } from './explain.ts';
import { type Fault, InvalidTenants } from './fault.ts';
import { resolveFleet } from './resolve.ts';
import { checkRules } from './rules.ts';
import { fileSchema } from './schema.ts';
import type { Fleet } from './tenant.ts';

/**
 * Reads the text of tenants.json. `file` is what error messages call it.
 * @throws InvalidTenants with every fault of the text, each with its place.
 */
export function parseTenants(text: string, file = 'tenants.json'): Fleet {
  const document = readDocument(text);
  if (!('value' in document)) throw new InvalidTenants(file, document);
  const parsed = fileSchema.safeParse(document.value);
  const faults: Fault[] = parsed.success
    ? []
    : parsed.error.issues.flatMap((issue) => explain(issue, document, knownKeys));
  for (const { path, message } of checkRules(document.value)) {
    faults.push(document.fault(path, message));
  }
  if (!parsed.success || faults.length > 0) throw new InvalidTenants(file, inOrder(faults));
  return resolveFleet(parsed.data);
}

function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** The keys that the schema has at a path, read off the schema itself. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: z.core.$ZodType = fileSchema;
  for (const part of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[String(part)];
    else if (inner instanceof z.ZodArray) schema = inner.element;
    else if (inner instanceof z.ZodRecord) schema = inner.valueType;
  }
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault
  ) {
    inner = inner.unwrap();
  }
  return inner;
}
