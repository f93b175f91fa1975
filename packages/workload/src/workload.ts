import { z } from 'zod';
import { type ChartProps, defineWorkload, type PodResources } from './define-workload.ts';

export const APP_RESOURCES: PodResources = {
  requests: { cpu: '10m', memory: '48Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '250m', memory: '128Mi', 'ephemeral-storage': '1Gi' },
};

/** The example: a service that says whose it is. */
export const workload = defineWorkload({
  images: { whoami: { build: 'packages/whoami' } },
  settings: z.strictObject({}),
  service: { namespace: 'default', name: 'simple-service', port: 3000, targetPort: 3000 },
  check: {
    kind: 'http',
    path: '/whoami',
    answer: ({ name }) => `Hello there TenantID ✋ ${name}`,
  },
  pods: [{ replicas: 1, surge: 1, resources: APP_RESOURCES }],
});

export type WorkloadProps = ChartProps<typeof workload>;
