import { z } from 'zod';

/** The keys that a schema has at a path, read off the schema itself; none where any key may stand. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const found = schemaAt(schema, path);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** The schema of what stands at a path, without what makes it optional. */
export function schemaAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined {
  let inner = unwrap(schema);
  for (const part of path) {
    if (inner instanceof z.ZodObject) inner = unwrap(inner.shape[String(part)]);
    else if (inner instanceof z.ZodArray) inner = unwrap(inner.element);
    else if (inner instanceof z.ZodRecord) inner = unwrap(inner.valueType);
    else return undefined;
  }
  return inner;
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let inner = schema;
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault ||
    inner instanceof z.ZodLazy
  ) {
    inner = inner.unwrap();
  }
  return inner;
}
