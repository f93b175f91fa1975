import { isDeepStrictEqual } from 'node:util';

/**
 * The tenants.json that this repository comes with. A clone has it in its history, and nobody has
 * used it: usage counts from the first version that says something else.
 */
const EXAMPLE: unknown = {
  $schema: './packages/tenants/tenants.schema.json',
  host: { context: 'kind-tenantry' },
  graceDays: 7,
  defaultPlan: 'small',
  plans: { small: { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 } },
  tenants: [
    { id: 'alice', name: 'Alice', plan: 'small', paidThrough: '2026-12-31' },
    { id: 'bob', name: 'Bob' },
  ],
  offboarded: [],
};

/** Whether a text of tenants.json says what the example says, however it is laid out. */
export function isExample(text: string): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(text), EXAMPLE);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
