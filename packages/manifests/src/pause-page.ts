import {
  type Gateway,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  PAUSE_PAGE,
  SYSTEM_NAMESPACE,
} from '@tenantry/tenants';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { namespaceOf } from './isolation.ts';

export const PAUSE_PAGE_PORT = 8080;

/** Any numeric user will do that is not root. */
const USER = 65532;

export interface PausePageProps {
  /** Reference of the image that packages/pause-page makes. */
  readonly image: string;
  readonly gateway: Gateway;
}

/** What answers in place of tenants that are held paused: one for all of them. */
export class PausePage extends Construct {
  constructor(scope: Construct, id: string, { image, gateway }: PausePageProps) {
    super(scope, id);
    const selector = { app: PAUSE_PAGE };
    const metadata = {
      name: PAUSE_PAGE,
      namespace: SYSTEM_NAMESPACE,
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
    };
    const port = k8s.IntOrString.fromNumber(PAUSE_PAGE_PORT);
    const amount = (text: string) => k8s.Quantity.fromString(text);

    new k8s.KubeDeployment(this, 'deployment', {
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: selector },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: USER,
              runAsGroup: USER,
              seccompProfile: { type: 'RuntimeDefault' },
            },
            containers: [
              {
                name: 'page',
                image,
                imagePullPolicy: 'IfNotPresent',
                ports: [{ containerPort: PAUSE_PAGE_PORT }],
                readinessProbe: { tcpSocket: { port }, periodSeconds: 2 },
                resources: {
                  requests: {
                    cpu: amount('5m'),
                    memory: amount('32Mi'),
                    'ephemeral-storage': amount('16Mi'),
                  },
                  limits: {
                    cpu: amount('250m'),
                    memory: amount('96Mi'),
                    'ephemeral-storage': amount('64Mi'),
                  },
                },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ['ALL'] },
                },
              },
            ],
          },
        },
      },
    });

    new k8s.KubeService(this, 'service', {
      metadata,
      spec: { selector, ports: [{ port: PAUSE_PAGE_PORT, targetPort: port }] },
    });

    new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata,
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [namespaceOf(gateway)], ports: [{ port, protocol: 'TCP' }] }],
      },
    });
  }
}
