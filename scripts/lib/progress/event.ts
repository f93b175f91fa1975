import { z } from 'zod';

const time = z.string().meta({ format: 'date-time', description: 'When, in UTC.' });
const tenant = z.string().describe("The tenant's id.");
const seconds = z.number().nonnegative().describe('How long it took.');
const text = z.string().describe('For people; what a tenant can write may be part of it.');

const tenants = z
  .strictObject({ event: z.literal('tenants'), time, tenants: z.array(tenant) })
  .describe('What follows is done for these tenants.');

const wave = z
  .strictObject({
    event: z.literal('wave'),
    time,
    wave: z.string().describe('Which of `waves` in tenants.json, or `rest`.'),
    state: z
      .enum(['running', 'done', 'failed', 'interrupted', 'held back'])
      .describe(
        '`failed`: a tenant of it has; `held back`: not begun, since a wave before it failed.',
      ),
    tenants: z.array(tenant),
  })
  .describe('A wave has begun, has ended, or will not begin. Told where there are several.');

const step = {
  event: z.literal('step'),
  time,
  tenant: tenant.nullable().describe("The tenant's id; null for what is done for all."),
  step: z.string().describe('What is done, as people are told: `control plane`.'),
};

const steps = z.discriminatedUnion('state', [
  z.strictObject({ ...step, state: z.literal('running') }).describe('A step has begun.'),
  z
    .strictObject({ ...step, state: z.literal('waiting'), waitsFor: text })
    .describe('A step that has begun waits for something, or for something else than before.'),
  z
    .strictObject({ ...step, state: z.enum(['done', 'failed', 'interrupted']), seconds })
    .describe('A step has ended.'),
  z
    .strictObject({ ...step, state: z.literal('skipped'), why: text })
    .describe('There was nothing to do.'),
]);

const change = z.strictObject({
  done: z.string().nullable().describe('`created`; null where it is no change of one object.'),
  text,
});

const ended = {
  event: z.literal('tenant'),
  time,
  tenant,
  seconds,
  changes: z.array(change).describe('What was written, in this order.'),
};

const tenantEnds = z.discriminatedUnion('state', [
  z
    .strictObject({ ...ended, state: z.literal('done'), answer: text })
    .describe('A tenant is as it is wanted; its service has answered, or is paused.'),
  z
    .strictObject({ ...ended, state: z.enum(['failed', 'interrupted']), error: text })
    .describe('A tenant is not as it is wanted; what was written before stays.'),
]);

const lines = z
  .strictObject({
    event: z.enum(['result', 'message']),
    time,
    text,
  })
  .describe('A line of the result, or of what is said beside it.');

const summary = z
  .strictObject({
    event: z.literal('summary'),
    time,
    exitCode: z.int(),
    seconds,
    tenants: z.int(),
    done: z.int(),
    changed: z.int().describe('How many of those that are done were written to.'),
    failed: z.int(),
    left: z
      .array(
        z.strictObject({
          tenant,
          step: z.string().nullable().describe('The step that it has reached; null: not begun.'),
        }),
      )
      .describe('The tenants that are neither done nor failed.'),
    error: text.nullable(),
  })
  .describe('The last event, whatever has happened.');

/** What a command tells while it runs, one object a line with `--json`. */
export const eventSchema = z.union([tenants, wave, steps, tenantEnds, lines, summary]);

export type ProgressEvent = z.infer<typeof eventSchema>;
export type StepEvent = z.infer<typeof steps>;
export type WaveEvent = z.infer<typeof wave>;
export type TenantEvent = z.infer<typeof tenantEnds>;
export type Summary = z.infer<typeof summary>;

/** As it is committed in scripts/events.schema.json. */
export function eventJsonSchema(): object {
  return z.toJSONSchema(eventSchema);
}
