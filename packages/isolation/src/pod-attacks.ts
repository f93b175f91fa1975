import type { KubeObject } from '@tenantry/plan';
import type { Attack } from './attack.ts';
import { FIXTURE } from './fixtures.ts';

type PodSpec = Readonly<Record<string, unknown>> & {
  readonly containers: readonly [
    { readonly securityContext?: object; readonly [field: string]: unknown },
  ];
};

/** A class that every cluster has, for what it cannot do without. */
const CRITICAL = 'system-cluster-critical';

/** Pods that reach for the node, for other tenants' share of it, or past the scheduler. */
export function podAttacks(pod: KubeObject): readonly Attack[] {
  const spec = pod['spec'] as PodSpec;
  const [container] = spec.containers;
  const attempt = (name: string, text: string, change: object): Attack => ({
    name,
    text,
    control: 'pod',
    object: {
      ...pod,
      metadata: { ...pod.metadata, name: `${FIXTURE}-${name}` },
      spec: { ...spec, ...change },
    },
  });
  const inContainer = (change: object) => ({ containers: [{ ...container, ...change }] });
  const security = (change: object) =>
    inContainer({ securityContext: { ...container.securityContext, ...change } });
  return [
    attempt(
      'privileged',
      'privileged pod',
      security({ privileged: true, allowPrivilegeEscalation: true }),
    ),
    attempt('host-path', 'hostPath pod', {
      volumes: [
        ...((spec['volumes'] as object[] | undefined) ?? []),
        { name: 'host', hostPath: { path: '/' } },
      ],
    }),
    attempt('host-network', 'hostNetwork pod', { hostNetwork: true }),
    attempt('host-pid', 'hostPID pod', { hostPID: true }),
    attempt('host-ipc', 'hostIPC pod', { hostIPC: true }),
    attempt('root', 'root pod', security({ runAsNonRoot: false, runAsUser: 0 })),
    attempt(
      'capability',
      'pod with NET_ADMIN',
      security({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
    ),
    attempt(
      'host-port',
      'hostPort pod',
      inContainer({ ports: [{ containerPort: 8080, hostPort: 8080 }] }),
    ),
    {
      name: 'over-quota',
      text: 'pod beyond the quota',
      control: 'pod',
      object: { ...beyondQuota(pod), metadata: { ...pod.metadata, name: `${FIXTURE}-over-quota` } },
    },
    attempt('toleration', 'pod tolerating all taints', { tolerations: [{ operator: 'Exists' }] }),
    {
      // The class brings its number; one that is there already would be a conflict, not a refusal.
      ...attempt('priority', 'system-critical pod', {
        priorityClassName: CRITICAL,
        priority: undefined,
      }),
      hasEffect: ({ spec: onHost }) =>
        (onHost as { priorityClassName?: string }).priorityClassName === CRITICAL,
    },
  ];
}

/** No plan gives a pod this much. */
const HUGE = { cpu: '1000', memory: '10Ti' };

/** The same pod, so large that the host's quota refuses it. */
export function beyondQuota(pod: KubeObject): KubeObject {
  const spec = pod['spec'] as PodSpec;
  const [container] = spec.containers;
  const resources = { requests: HUGE, limits: HUGE };
  return { ...pod, spec: { ...spec, containers: [{ ...container, resources }] } };
}
