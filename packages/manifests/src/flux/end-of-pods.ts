import {
  FLUX_NAMESPACE,
  FLUX_PAUSE_APP,
  fluxKustomization,
  hostLabels,
  hostNamespace,
  SYNCED_LABEL,
  vclusterName,
} from '@tenantry/tenants';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';

/** Any numeric user will do that is not root. */
const USER = 65532;

/** The pods of a tenant have as long to end as a pod has by default, whatever they say. */
const GRACE_SECONDS = 30;

export interface EndOfPodsProps {
  readonly id: string;
  /** Reference of an image with kubectl. */
  readonly kubectl: string;
}

/**
 * Ends what a control plane that is scaled to zero leaves running: once it is gone, and not earlier,
 * since its syncer would make the pods again. It runs beside Flux, with rights in the tenant's
 * namespace only: there the tenant's quota and policies would hold it in.
 */
export class EndOfPods extends Construct {
  constructor(scope: Construct, id: string, { id: tenant, kubectl }: EndOfPodsProps) {
    super(scope, id);
    const labels = hostLabels(tenant);
    const account = { name: fluxKustomization(tenant, 'pause'), namespace: FLUX_NAMESPACE };
    const role = { name: account.name, namespace: hostNamespace(tenant) };
    const vcluster = vclusterName(tenant);

    new k8s.KubeServiceAccount(this, 'account', { metadata: { ...account, labels } });
    new k8s.KubeRole(this, 'role', {
      metadata: { ...role, labels },
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'delete'] },
        { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['get', 'list', 'watch'] },
      ],
    });
    new k8s.KubeRoleBinding(this, 'binding', {
      metadata: { ...role, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role.name },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    });

    const amount = (text: string) => k8s.Quantity.fromString(text);
    const step = (name: string, ...args: readonly string[]): k8s.Container => ({
      name,
      image: kubectl,
      imagePullPolicy: 'IfNotPresent',
      command: ['kubectl'],
      args: [`--namespace=${role.namespace}`, ...args],
      resources: {
        requests: {
          cpu: amount('10m'),
          memory: amount('32Mi'),
          'ephemeral-storage': amount('16Mi'),
        },
        limits: {
          cpu: amount('500m'),
          memory: amount('128Mi'),
          'ephemeral-storage': amount('64Mi'),
        },
      },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    });
    const controlPlane = `app=vcluster,release=${vcluster},!${SYNCED_LABEL}`;
    new k8s.KubeJob(this, 'job', {
      metadata: { ...account, labels },
      spec: {
        // What ends the pods is tried until it has: an image that cannot be pulled now, it can later.
        backoffLimit: 2 ** 31 - 1,
        // Then it is made anew: somebody may have scaled the control plane by hand since.
        ttlSecondsAfterFinished: 3600,
        template: {
          metadata: { labels: { ...labels, app: FLUX_PAUSE_APP } },
          spec: {
            serviceAccountName: account.name,
            restartPolicy: 'OnFailure',
            enableServiceLinks: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: USER,
              runAsGroup: USER,
              seccompProfile: { type: 'RuntimeDefault' },
            },
            initContainers: [
              step(
                'scaled',
                'wait',
                `statefulset/${vcluster}`,
                '--for=jsonpath={.spec.replicas}=0',
                '--timeout=5m',
              ),
              step(
                'control-plane',
                'wait',
                'pods',
                `--selector=${controlPlane}`,
                '--for=delete',
                '--timeout=5m',
              ),
            ],
            containers: [
              step(
                'pods',
                'delete',
                'pods',
                '--all',
                `--grace-period=${GRACE_SECONDS}`,
                '--timeout=5m',
              ),
            ],
          },
        },
      },
    });
  }
}
