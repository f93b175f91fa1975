import { builtImages, workload } from '@tenantry/workload';
import { z } from 'zod';
import { covers, isCidr, LINK_LOCAL } from './cidr.ts';
import { DEFAULT_CONTEXT, hostNamespace, MAX_ID_LENGTH } from './names.ts';
import { BYTES_FORM, CPU_FORM, parseBytes, parseCpu } from './quantity.ts';
import { DEFAULT_ENGINE, ENGINES, LAST_WAVE, NODE_PORTS, PAUSE_SOURCES, STATES } from './tenant.ts';
import { vclusterValues } from './vcluster-values.ts';

const LONGEST_NAME = 100;

/** A route has at most 16 names, `<id>.<domain>` among them. */
const MAX_HOSTNAMES = 15;

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

/** Whether a text can be a tenant's id. */
export function isId(text: string): boolean {
  return id.safeParse(text).success;
}

const name = z
  .string()
  .max(LONGEST_NAME, { error: `a name has at most ${LONGEST_NAME} characters` })
  // U+200C and U+200D join letters and emoji; every other format character can hide text.
  .regex(/^(?:[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|[\u200C\u200D])*$/u, {
    error: 'a name is printable text: no control, invisible, direction or private-use characters',
  })
  .regex(/^(?![\s\p{DI}])[^]*\S$/u, {
    error: 'a name starts with a visible character and does not end with a space',
  })
  .meta({
    description: 'What the tenant is called: any printable text.',
    examples: ['Alice', 'Müller & Söhne'],
  });

const date = z.iso
  .date({ error: 'a date is a day of the calendar, written YYYY-MM-DD' })
  .meta({ examples: ['2026-12-31'] });

const CPU_ERROR = 'an amount of CPU is written like "2", "0.5" or "250m", from "1m" to "1000000"';

const cpu = z
  .string({ error: CPU_ERROR })
  .refine((text) => parseCpu(text) !== null, { error: CPU_ERROR })
  .meta({
    description: 'CPUs as a Kubernetes quantity.',
    examples: ['2', '500m'],
    pattern: CPU_FORM.source,
  });

const BYTES_ERROR =
  'an amount of bytes is written like "4Gi", "512Mi" or "10G", whole bytes from "1" to "1024Ti"';

const bytes = z
  .string({ error: BYTES_ERROR })
  .refine((text) => parseBytes(text) !== null, { error: BYTES_ERROR })
  .meta({
    description: 'Bytes as a Kubernetes quantity.',
    examples: ['4Gi', '512Mi'],
    pattern: BYTES_FORM.source,
  });

/** A DNS name as URLs have it, of at least two labels. */
const hostname = z
  .string()
  .max(253, { error: 'a host name has at most 253 characters' })
  .regex(/^(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/, {
    error:
      'a host name is written like "shop.example.com": labels of lower-case letters, digits and "-", no "*"',
  })
  .meta({ examples: ['shop.example.com'] });

/** Whether a value is a DNS name that a tenant can be reached at. */
export function isHostname(value: unknown): value is string {
  return hostname.safeParse(value).success;
}

const resources = z.strictObject({ cpu, memory: bytes });

/** What most of Kubernetes' objects may be called. */
const OBJECT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const className = z
  .string()
  .max(253, { error: 'a class has at most 253 characters' })
  .regex(OBJECT_NAME, {
    error: 'a class is named in lower-case letters, digits, "-" and "."',
  });
const cidr = z.string().refine(isCidr, {
  error: 'a block of IPv4 addresses is written by its first one and its length, like "10.0.0.0/28"',
});

const port = z.int({ error: 'a port is a whole number from 1 to 65535' }).min(1).max(65_535);

const egress = z
  .strictObject({
    cidr: cidr.meta({
      description: 'A block of addresses outside of the cluster.',
      examples: ['10.20.0.0/16'],
    }),
    ports: z
      .array(port)
      .min(1, { error: 'at least one port is named' })
      .meta({ description: 'The ports there, of TCP.', examples: [[5432]] }),
  })
  .meta({ examples: [{ cidr: '10.20.0.0/16', ports: [5432] }] });

const nameserver = z.string().refine((text) => isCidr(`${text}/32`), {
  error: 'a name server is an IPv4 address, like "10.0.0.2"',
});

/** As many as CoreDNS takes. */
const MOST_NAMESERVERS = 15;

export const planSchema = z
  .strictObject({
    cpu,
    memory: bytes,
    storage: bytes,
    pods: z
      .int({ error: 'pods is a whole number from 1 to 10000' })
      .min(1)
      .max(10_000)
      .meta({ description: 'How many pods the tenant may run.', examples: [20] }),
    requests: resources.optional().meta({
      description: 'What is reserved of the limits; default: a quarter of cpu, half of memory.',
    }),
    nodePort: z.enum(NODE_PORTS).default('closed').meta({
      description: 'Whether clients outside the cluster reach the service by its NodePort.',
    }),
    storageClasses: z
      .array(className)
      .min(1, { error: 'a plan has one storage class at least: its control plane has a volume' })
      .optional()
      .meta({
        description:
          "Which of host.storageClasses its tenants and their control planes may claim volumes of; default: all. Without a class of its own a control plane needs the host's default one.",
        examples: [['standard']],
      }),
    egress: z
      .array(egress)
      .default([])
      .meta({
        description: "Where the tenant's pods may connect to beside their own cluster.",
        examples: [[{ cidr: '10.20.0.0/16', ports: [5432] }]],
      }),
    nameservers: z
      .array(nameserver)
      .max(MOST_NAMESERVERS, { error: `a plan has at most ${MOST_NAMESERVERS} name servers` })
      .default([])
      .meta({
        description:
          "The DNS servers that the tenant's own DNS asks for names of the outside. Without any these do not resolve.",
        examples: [['10.0.0.2']],
      }),
    vcluster: vclusterValues.optional(),
  })
  .meta({
    description: 'What a tenant may use. The figures are limits.',
    examples: [{ cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 }],
  });

const RELEASE_ERROR = 'a release is "source", this checkout, or { "images": { … } }';

/** Which images run: those of this checkout, or by their names those that were tried. */
export const releaseSchema = z.union(
  [z.literal('source'), z.strictObject({ images: z.record(z.string(), z.string()) })],
  { error: RELEASE_ERROR },
);

export const DEFAULT_RELEASE = 'stable';
export const DEFAULT_RELEASES: Readonly<Record<string, z.input<typeof releaseSchema>>> = {
  [DEFAULT_RELEASE]: 'source',
  canary: 'source',
};

export const tenantSchema = z
  .strictObject({
    id,
    name,
    plan: z.string().optional().meta({ description: 'A key of `plans`; default: `defaultPlan`.' }),
    host: z
      .string()
      .optional()
      .meta({
        description: 'A key of `hosts`: where it lives; default: the only one.',
        examples: ['eu-1'],
      }),
    state: z
      .enum(STATES)
      .default('active')
      .meta({ description: 'A paused tenant has no pods and keeps its objects and volumes.' }),
    pausedBy: z
      .enum(PAUSE_SOURCES)
      .optional()
      .meta({ description: 'Who paused it; `lifecycle` lifts only pauses of its own.' }),
    pausedSince: date.optional().meta({ description: 'The first day of the pause.' }),
    paidThrough: date.optional().meta({
      description: 'The last day that is paid for. Without it no date ever decides.',
    }),
    keep: z.boolean().default(false).meta({ description: 'Never to be offboarded.' }),
    hostnames: z
      .array(hostname)
      .max(MAX_HOSTNAMES, { error: `at most ${MAX_HOSTNAMES} host names are allowed` })
      .default([])
      .meta({
        description: 'Where the tenant is reached beside `<id>.<domain>`: names of its own.',
        examples: [['shop.example.com']],
      }),
    release: z
      .string()
      .default(DEFAULT_RELEASE)
      .meta({ description: 'A key of `releases`: which images it runs.' }),
    wave: z
      .string()
      .default(LAST_WAVE.name)
      .meta({
        description: `One of \`waves\`, or "${LAST_WAVE.name}", which comes after them.`,
        examples: ['canary'],
      }),
    settings: workload.settings
      .prefault({})
      .meta({ description: "The workload's settings, by its own schema." }),
  })
  .meta({ examples: [{ id: 'alice', name: 'Alice', plan: 'small', paidThrough: '2026-12-31' }] });

/** What comes before the tenants that name no wave. */
export const DEFAULT_WAVES: readonly string[] = ['canary'];

/** A tenant whatever its settings are. */
export const unsetTenantSchema = tenantSchema.extend({ settings: z.unknown().optional() });

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const DIGEST_ERROR = 'a digest is sha256: and 64 hexadecimal digits in lower case';

/** What is kept of a deleted tenant; ids may repeat and may be used again. */
export const receiptSchema = z
  .strictObject({
    id,
    name: name.optional(),
    offboardedOn: date,
    reason: z
      .string()
      .max(500, { error: 'a reason has at most 500 characters' })
      .meta({ examples: ['unpaid since 2026-12-31'] }),
    digest: z
      .string()
      .regex(DIGEST, { error: DIGEST_ERROR })
      .meta({ description: 'Fingerprint of what was deleted.' }),
    objects: z
      .int({ error: 'objects is a whole number, 0 or more' })
      .min(0)
      .meta({ description: 'How many objects there were.' }),
    volumes: z
      .int({ error: 'volumes is a whole number, 0 or more' })
      .min(0)
      .meta({ description: 'How many volumes there were.' }),
    archivedVolumes: z
      .int({ error: 'archivedVolumes is a whole number, 0 or more' })
      .min(0)
      .optional()
      .meta({ description: 'How many of them are in the archive; default: none.' }),
    unreadable: z
      .array(
        z.string().regex(/^[a-z0-9.-]{1,253}$/, {
          error: 'a resource is named as kubectl names it: widgets.example.com',
        }),
      )
      .optional()
      .meta({
        description:
          'Resources that could not be read, and were accepted: in the snapshot, not compared.',
      }),
  })
  .meta({ description: 'The receipt of a deleted tenant, written by `pnpm offboard`.' });

const planName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
  error:
    'a plan is named by a DNS label: at most 63 lower-case letters, digits and "-", not "-" at either end',
});

/** `host:port/path`, where only the host may have a colon: another one would be a tag. */
const REPOSITORY =
  /^(?:[a-z0-9]+(?:[.-][a-z0-9]+)*(?::\d{1,5})?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

const [onlyImage, ...otherImages] = builtImages(workload.images).keys();
export const DEFAULT_REPOSITORY =
  onlyImage !== undefined && otherImages.length === 0 ? `tenantry/${onlyImage}` : 'tenantry';

const apiCidr = cidr
  .refine((block) => !covers(LINK_LOCAL, block), {
    error: `the host's API has an address of its own, not one of ${LINK_LOCAL}`,
  })
  .meta({
    description:
      "Where the host's API server is, behind its Service: control planes reach port 443 and 6443 of nothing else.",
    examples: ['10.0.0.0/28'],
  });

const domain = hostname.refine((text) => text.length <= 253 - MAX_ID_LENGTH - 1, {
  error: `a domain has at most ${253 - MAX_ID_LENGTH - 1} characters, so that ids fit before it`,
});

const gateway = z.strictObject({
  namespace: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
      error: 'a namespace is a DNS label: lower-case letters, digits and "-"',
    })
    .refine((namespace) => !namespace.startsWith(hostNamespace('')), {
      error: "a Gateway lies in no tenant's namespace",
    })
    .meta({ description: 'The only namespace that may reach the workloads.' }),
  name: z
    .string()
    .max(253, { error: 'a Gateway has a name of at most 253 characters' })
    .regex(OBJECT_NAME, {
      error: 'a Gateway is named in lower-case letters, digits, "-" and "."',
    })
    .meta({ description: 'The name of the Gateway there.' }),
});

const annotation = z
  .string()
  .max(317, { error: 'a key of an annotation has at most 317 characters' })
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(\/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, {
    error: 'an annotation is named by its key or by the domain of its key, like "cilium.io"',
  });

/** The blocks from which a kind cluster's pods and Services have their addresses. */
export const DEFAULT_CLUSTER_CIDRS: readonly string[] = ['10.244.0.0/16', '10.96.0.0/16'];

/** What a kind cluster calls its only class. */
export const DEFAULT_STORAGE_CLASSES: readonly string[] = ['standard'];

export const DEFAULT_PLAN = 'small';
export const DEFAULT_PLANS: Readonly<Record<string, z.input<typeof planSchema>>> = {
  [DEFAULT_PLAN]: { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 },
};

export const capacitySchema = resources.extend({
  storage: bytes.optional().meta({
    description: "Bytes of volumes: the plans' storage and the control planes' own, paused or not.",
    examples: ['500Gi'],
  }),
  tenants: z
    .int({ error: 'tenants is a whole number from 1 to 100000' })
    .min(1)
    .max(100_000)
    .optional()
    .meta({ description: 'How many tenants may live there, paused or not.', examples: [100] }),
});

const flux = z.strictObject({
  registry: z
    .string()
    .regex(/^oci:\/\/[a-z0-9]+([.-][a-z0-9]+)*(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/, {
      error: 'a registry is written like "oci://registry.example.com/tenants", without a tag',
    })
    .meta({
      description:
        'Where Flux pulls from: `<registry>/dist`, dist/ and secrets/ as they are in Git, tag `latest`, and `<registry>/vcluster`, the chart, tagged with its version.',
      examples: ['oci://registry.example.com/tenants'],
    }),
  insecure: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether the registry is asked without TLS.' }),
  pullSecret: z
    .string()
    .max(253, { error: 'a Secret has a name of at most 253 characters' })
    .regex(OBJECT_NAME, { error: 'a Secret is named in lower-case letters, digits, "-" and "."' })
    .optional()
    .meta({
      description:
        'The Secret in flux-system, of type kubernetes.io/dockerconfigjson, to pull with.',
      examples: ['registry'],
    }),
  charts: z
    .record(
      z.string().regex(/^\d+\.\d+\.\d+$/, { error: 'a version of the chart is like "0.36.0"' }),
      z.string().regex(DIGEST, { error: DIGEST_ERROR }),
    )
    .default({})
    .meta({
      description:
        "The chart's digests in the registry, by its versions. Of a version without one the tag is believed.",
      examples: [{ '0.36.0': `sha256:${'0'.repeat(64)}` }],
    }),
  interval: z
    .string()
    .regex(/^[1-9]\d{0,3}[smh]$/, { error: 'an interval is written like "30s", "10m" or "1h"' })
    .default('10m')
    .meta({ description: 'How often Flux puts right what somebody else has changed.' }),
});

const argocd = z.strictObject({
  repository: z
    .string()
    .regex(/^(https|ssh):\/\/[^\s\p{C}]+$/u, {
      error: 'a repository is an address that begins with https:// or ssh://',
    })
    .meta({
      description: 'The Git repository with dist/.',
      examples: ['https://git.example.com/acme/tenants.git'],
    }),
  revision: z
    .string()
    .regex(/^[A-Za-z0-9][\w./-]{0,199}$/, { error: 'a revision is a branch or a tag' })
    .default('main')
    .meta({ description: 'The branch or tag that Argo CD follows.' }),
});

const hostName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
  error:
    'a host is named by a DNS label: at most 63 lower-case letters, digits and "-", not "-" at either end',
});

export const hostSchema = z.strictObject({
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
  engine: z.enum(ENGINES).default(DEFAULT_ENGINE).meta({
    description:
      'Who applies dist/ there: `pnpm deploy`, or Flux. `pnpm handover` changes it, and who has the objects.',
  }),
  flux: flux.optional().meta({
    description:
      'Where Flux finds dist/. With it dist/_flux is written, and Flux is let in to the virtual clusters, also while the engine is `deploy`.',
    examples: [{ registry: 'oci://registry.example.com/tenants' }],
  }),
  gateway: gateway.optional().meta({
    description:
      "The host's Gateway (gateway.networking.k8s.io/v1) that the tenants' routes attach to.",
    examples: [{ namespace: 'gateway', name: 'public' }],
  }),
  domain: domain.optional().meta({
    description: 'A tenant is reached at `<id>.<domain>` through the Gateway.',
    examples: ['tenants.example.com'],
  }),
  capacity: capacitySchema.optional().meta({
    description:
      'What the host offers to all tenants together; a plan, or a tenant, that does not fit is refused.',
  }),
  apiCidr: apiCidr.optional(),
  clusterCidrs: z
    .array(cidr)
    .default([...DEFAULT_CLUSTER_CIDRS])
    .meta({
      description:
        "The addresses of the host's pods and Services, to which no plan's egress leads. The default is kind's.",
      examples: [['10.244.0.0/16', '10.96.0.0/16']],
    }),
  storageClasses: z
    .array(className)
    .default([...DEFAULT_STORAGE_CLASSES])
    .meta({
      description:
        "The host's storage classes that tenants and control planes may claim volumes of. The default class is named too.",
      examples: [['standard']],
    }),
  priorityClasses: z
    .array(className)
    .default([])
    .meta({
      description:
        "The host's priority classes that pods of tenants may have, such as its default one.",
      examples: [[]],
    }),
  runtimeClasses: z
    .array(className)
    .default([])
    .meta({
      description: "The host's runtime classes that pods of tenants and control planes may have.",
      examples: [['gvisor']],
    }),
  annotations: z
    .array(annotation)
    .default([])
    .meta({
      description:
        "Annotations for the host's network and proxies that tenants may set, by key or by the key's domain. All others of that kind are refused.",
      examples: [['cilium.io', 'kubernetes.io/egress-bandwidth']],
    }),
});

export const fileSchema = z
  .strictObject({
    $schema: z.string().optional().meta({ description: 'For editors: where this schema lies.' }),
    host: hostSchema.prefault({}).meta({
      description: 'The host cluster, where there is one. A kind cluster of our own where missing.',
    }),
    hosts: z
      .record(hostName, hostSchema)
      .refine((hosts) => Object.keys(hosts).length > 0, { error: 'at least one host is named' })
      .optional()
      .meta({
        description: 'The host clusters by name, in place of `host`.',
        examples: [{ 'eu-1': { context: 'eu-1-admin' }, 'us-1': { context: 'us-1-admin' } }],
      }),
    argocd: argocd.optional().meta({
      description:
        'Where Argo CD finds dist/. With it dist/_argocd is written: ApplicationSets that are checked against their schema, and not tried.',
      examples: [{ repository: 'https://git.example.com/acme/tenants.git' }],
    }),
    image: z
      .strictObject({
        repository: z
          .string()
          .regex(REPOSITORY, { error: 'a repository is an image name without tag or digest' })
          .default(DEFAULT_REPOSITORY)
          .meta({
            description:
              'Where the service image is pushed to when the host is not kind; several images each to a path below it.',
            examples: ['ghcr.io/example/app'],
          }),
      })
      .prefault({})
      .meta({ description: 'The service image.' }),
    graceDays: z
      .int({ error: 'graceDays is a whole number of days from 0 to 3650' })
      .min(0)
      .max(3650)
      .default(7)
      .meta({ description: 'Days between the pause of a tenant who does not pay and its end.' }),
    defaultPlan: z.string().default(DEFAULT_PLAN).meta({ description: 'A key of `plans`.' }),
    plans: z
      .record(planName, planSchema)
      .prefault(DEFAULT_PLANS)
      .meta({ description: 'The plans that tenants can be on, by name.' }),
    releases: z
      .record(
        z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
          error:
            'a release is named by a DNS label: at most 63 lower-case letters, digits and "-", not "-" at either end',
        }),
        releaseSchema,
      )
      .prefault({})
      .transform((releases) => ({ ...DEFAULT_RELEASES, ...releases }))
      .meta({
        description:
          'Which images tenants run, by name: "source", this checkout, or pinned ones, as `pnpm promote` writes them.',
        examples: [{ stable: { images: { app: 'tenantry/app:144a99c9c390' } }, canary: 'source' }],
      }),
    waves: z
      .array(
        z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
          error:
            'a wave is named by a DNS label: at most 63 lower-case letters, digits and "-", not "-" at either end',
        }),
      )
      .default([...DEFAULT_WAVES])
      .meta({
        description: `The waves of a rollout in their order; after them come the tenants that name none, as "${LAST_WAVE.name}".`,
        examples: [['canary', 'early']],
      }),
    tenants: z.array(tenantSchema).meta({ description: 'One virtual cluster each.' }),
    offboarded: z
      .array(receiptSchema)
      .default([])
      .meta({ description: 'The receipts of deleted tenants, oldest first.' }),
  })
  .meta({
    title: 'tenants.json',
    description: 'The tenants of a service, each with a virtual Kubernetes cluster of its own.',
    examples: [{ tenants: [{ id: 'alice', name: 'Alice' }] }],
  });

/** tenants.json whatever the settings in it are. */
export const unsetFileSchema = fileSchema.extend({ tenants: z.array(unsetTenantSchema) });

export type TenantsFile = z.output<typeof unsetFileSchema>;

/** The JSON Schema of tenants.json for editors, from the same source as the parser. */
export function jsonSchema(): object {
  return z.toJSONSchema(fileSchema, {
    io: 'input',
    override({ zodSchema, jsonSchema: written }) {
      if (zodSchema !== vclusterValues) return;
      for (const key of ['type', 'propertyNames', 'additionalProperties'] as const) {
        delete written[key];
      }
      written.$ref = './vcluster.schema.json';
    },
  });
}
