import {
  type ChartProps,
  defineWorkload,
  type PodResources,
} from '@tenantry/workload/define-workload';
import { z } from 'zod';

/** Stock Node, with which jobs run that need nothing of the shop's own. */
const NODE =
  'gcr.io/distroless/nodejs24-debian12@sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a';

function resources(cpu: string, memory: string): PodResources {
  return {
    requests: { cpu: '10m', memory: '48Mi', 'ephemeral-storage': '16Mi' },
    limits: { cpu, memory, 'ephemeral-storage': '256Mi' },
  };
}

export const WEB = { replicas: 2, surge: 1, resources: resources('250m', '128Mi') };
export const ORDERS = {
  replicas: 1,
  surge: 0,
  resources: resources('250m', '128Mi'),
  storage: '64Mi',
};
export const PACKER = { replicas: 1, surge: 1, resources: resources('100m', '96Mi') };
export const REPORT = { replicas: 1, surge: 0, resources: resources('100m', '96Mi') };

/** The Secrets that a shop may have, and what its front reads of each. */
export const SECRETS = {
  payment: { key: 'key', variable: 'PAYMENT_KEY' },
  stock: { key: 'url', variable: 'STOCK_URL' },
} as const;

/**
 * A shop: a front, its orders on a volume, what packs them, and a report from time to time. What it
 * has in stock is in a database outside of the cluster.
 */
export const workload = defineWorkload({
  images: { shop: { build: 'examples/shop/service' }, node: { pull: NODE } },
  settings: z.strictObject({
    currency: z.enum(['€', '£', '$']).default('€').meta({ description: 'Of all prices.' }),
    theme: z.enum(['light', 'dark']).default('light').meta({ description: 'Its colours.' }),
    secrets: z
      .array(z.enum(['payment', 'stock']))
      .default([])
      .meta({
        description: 'Which Secrets there are in secrets/<id>.yaml: its front waits for them.',
      }),
  }),
  service: { namespace: 'default', name: 'shop', port: 80, targetPort: 8080 },
  check: {
    kind: 'http',
    path: '/',
    answer: ({ name, settings: { theme, currency } }) =>
      `Shop of ${name}: ${theme}, prices in ${currency}`,
  },
  pods: [WEB, ORDERS, PACKER, REPORT],
  volumeArchives: {
    orders: {
      container: 'orders',
      dump: ['/nodejs/bin/node', 'src/dump.ts'],
      restore: ['/nodejs/bin/node', 'src/restore.ts'],
    },
  },
});

export type WorkloadProps = ChartProps<typeof workload>;
