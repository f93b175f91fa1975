import { z } from 'zod';
import { DEFAULT_CONTEXT, MAX_ID_LENGTH } from './names.ts';
import { parseBytes, parseCpu } from './quantity.ts';
import { PAUSERS, STATES } from './tenant.ts';

const LONGEST_NAME = 100;

const id = z
  .string()
  .max(MAX_ID_LENGTH, { error: `an id has at most ${MAX_ID_LENGTH} characters` })
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, {
    error: 'an id is a DNS label: lower-case letters, digits and "-", not "-" at either end',
  })
  .meta({
    description: `Names the tenant everywhere and for good: a DNS label of at most ${MAX_ID_LENGTH} characters.`,
    examples: ['alice', 'team-42'],
  });

const name = z
  .string()
  .max(LONGEST_NAME, { error: `a name has at most ${LONGEST_NAME} characters` })
  // U+200C and U+200D join letters and emoji; every other format character can hide text.
  .regex(/^(?:[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|[\u200C\u200D])*$/u, {
    error: 'a name is printable text: no control, direction or surrogate characters',
  })
  .regex(/^(?!\s)[^]*\S$/u, { error: 'a name has a visible character at both ends' })
  .meta({
    description: 'What the greeting says: any printable text.',
    examples: ['Alice', 'Müller & Söhne'],
  });

const date = z.iso
  .date({ error: 'a date is a day of the calendar, written YYYY-MM-DD' })
  .meta({ examples: ['2026-12-31'] });

const cpu = z
  .string()
  .refine((text) => parseCpu(text) !== null, {
    error: 'an amount of CPU is a positive quantity such as "2", "0.5" or "250m"',
  })
  .meta({ description: 'CPUs as a Kubernetes quantity.', examples: ['2', '500m'] });

const bytes = z
  .string()
  .refine((text) => parseBytes(text) !== null, {
    error: 'an amount of bytes is a positive quantity such as "4Gi", "512Mi" or "10G"',
  })
  .meta({ description: 'Bytes as a Kubernetes quantity.', examples: ['4Gi', '512Mi'] });

const resources = z.strictObject({ cpu, memory: bytes });

export const planSchema = z
  .strictObject({
    cpu,
    memory: bytes,
    storage: bytes,
    pods: z
      .int({ error: 'pods is a whole number' })
      .min(1)
      .max(10_000)
      .meta({ description: 'How many pods the tenant may run.', examples: [20] }),
    requests: resources.optional().meta({
      description: 'What is reserved of the limits; default: a quarter of cpu, half of memory.',
    }),
  })
  .meta({
    description: 'What a tenant may use. The figures are limits.',
    examples: [{ cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 }],
  });

export const tenantSchema = z
  .strictObject({
    id,
    name,
    plan: z.string().optional().meta({ description: 'A key of `plans`; default: `defaultPlan`.' }),
    state: z
      .enum(STATES)
      .default('active')
      .meta({ description: 'A paused tenant has no pods and keeps its objects and volumes.' }),
    pausedBy: z
      .enum(PAUSERS)
      .optional()
      .meta({ description: 'Who paused it; `lifecycle` lifts only pauses of its own.' }),
    pausedSince: date.optional().meta({ description: 'The first day of the pause.' }),
    paidThrough: date.optional().meta({
      description: 'The last day that is paid for. Without it no date ever decides.',
    }),
    keep: z.boolean().default(false).meta({ description: 'Never to be offboarded.' }),
  })
  .meta({ examples: [{ id: 'alice', name: 'Alice', plan: 'small', paidThrough: '2026-12-31' }] });

/** What is kept of a deleted tenant; ids may repeat and may be used again. */
export const receiptSchema = z
  .strictObject({
    id,
    name: name.optional(),
    offboardedOn: date,
    reason: z.string().max(500),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, { error: 'a digest is sha256: and 64 hexadecimal digits' }),
    objects: z.int().min(0),
    volumes: z.int().min(0),
  })
  .meta({ description: 'The receipt of a deleted tenant, written by `pnpm offboard`.' });

const planName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
  error: 'a plan is named by a DNS label: lower-case letters, digits and "-"',
});

export const DEFAULT_PLAN = 'small';
export const DEFAULT_PLANS: Readonly<Record<string, z.input<typeof planSchema>>> = {
  [DEFAULT_PLAN]: { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 },
};

export const fileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    host: z
      .strictObject({
        context: z
          .string()
          .regex(/^[^\s\p{C}]{1,253}$/u, {
            error: 'a context is a name from a kubeconfig, without spaces',
          })
          .default(DEFAULT_CONTEXT)
          .meta({
            description: 'The kubeconfig context of the host cluster.',
            examples: ['kind-tenantry'],
          }),
        capacity: resources.optional().meta({
          description: 'What the host offers to all tenants together; checked against requests.',
        }),
      })
      .prefault({})
      .meta({ description: 'The host cluster. A kind cluster of our own where missing.' }),
    image: z
      .strictObject({
        repository: z
          .string()
          .regex(/^[a-z0-9]+([._:/-]+[a-z0-9]+)*$/, {
            error: 'a repository is an image name without tag or digest',
          })
          .default('tenantry/whoami')
          .meta({
            description: 'Where the service image is pushed to when the host is not kind.',
            examples: ['ghcr.io/example/whoami'],
          }),
      })
      .prefault({}),
    graceDays: z
      .int({ error: 'graceDays is a whole number of days' })
      .min(0)
      .max(3650)
      .default(7)
      .meta({ description: 'Days between the pause of a tenant who does not pay and its end.' }),
    defaultPlan: z.string().default(DEFAULT_PLAN).meta({ description: 'A key of `plans`.' }),
    plans: z
      .record(planName, planSchema)
      .default(DEFAULT_PLANS)
      .meta({ description: 'The plans that tenants can be on, by name.' }),
    tenants: z.array(tenantSchema).meta({ description: 'One virtual cluster each.' }),
    offboarded: z.array(receiptSchema).default([]),
  })
  .meta({
    title: 'tenants.json',
    description: 'The tenants of a service, each with a virtual Kubernetes cluster of its own.',
    examples: [{ tenants: [{ id: 'alice', name: 'Alice' }] }],
  });

export type TenantsFile = z.output<typeof fileSchema>;

/** The JSON Schema of tenants.json for editors, from the same source as the parser. */
export function jsonSchema(): object {
  return z.toJSONSchema(fileSchema, { io: 'input' });
}
