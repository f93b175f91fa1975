import { z } from 'zod';
import schema from '../vcluster.schema.json' with { type: 'json' };

let parsed: z.core.$ZodType | null = null;

/**
 * The pinned chart's own schema of its values. Read when a plan first has some: it is long, and
 * most plans have none.
 */
export function vclusterSchema(): z.core.$ZodType {
  parsed ??= z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  return parsed;
}
