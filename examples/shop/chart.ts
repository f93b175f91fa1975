import { createHash } from 'node:crypto';
import type { PodResources } from '@tenantry/workload/define-workload';
import { kubeResources } from '@tenantry/workload/kube-resources';
import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { ORDERS, PACKER, REPORT, SECRETS, WEB, workload, type WorkloadProps } from './workload.ts';

const USER = 65532;
/** What the services listen on where nobody tells them otherwise. */
const PORT = workload.service.targetPort;
/** Of a Service without an address of its own: the pod is asked itself. */
const ORDERS_URL = `http://orders:${PORT}`;

/** Reads what has been ordered; nothing but Node is needed for that. */
const REPORT_SCRIPT = `const answer = await fetch(process.env.ORDERS_URL + '/orders');
if (!answer.ok) throw new Error('orders: ' + answer.status);
const orders = await answer.json();
const open = orders.filter(({ packed }) => !packed).length;
console.log(orders.length + ' orders, ' + open + ' open');
`;

/** The objects of a shop in its tenant's cluster. */
export class WorkloadChart extends Chart {
  constructor(scope: Construct, id: string, { tenant, images }: WorkloadProps) {
    const { namespace, name, port } = workload.service;
    super(scope, id, { namespace, disableResourceNameHashes: true });
    const { currency, theme, secrets } = tenant.settings;
    const settings = { SHOP_NAME: tenant.name, CURRENCY: currency, THEME: theme };

    new k8s.KubeConfigMap(this, 'settings', {
      metadata: { name: 'settings' },
      data: { ...settings, ORDERS_URL },
    });
    new k8s.KubeConfigMap(this, 'report', {
      metadata: { name: 'report' },
      data: { 'report.mjs': REPORT_SCRIPT },
    });
    const env = secrets.map((secret): k8s.EnvVar => {
      const { key, variable } = SECRETS[secret];
      return { name: variable, valueFrom: { secretKeyRef: { name: secret, key } } };
    });
    const envFrom = [{ configMapRef: { name: 'settings' } }];
    // The environment is read at start: other settings must restart the pods.
    const annotations = { 'shop.example/settings': sha256(JSON.stringify(settings)) };

    new k8s.KubeDeployment(this, 'web', {
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: WEB.replicas,
        selector: { matchLabels: { app: 'web' } },
        strategy: rollingUpdate(WEB.surge),
        template: {
          metadata: { labels: { app: 'web' }, annotations },
          spec: pod({
            affinity: onOtherNodes('web'),
            containers: [
              {
                ...container('web', images.shop, WEB.resources),
                args: ['src/web-main.ts'],
                ports: [{ containerPort: PORT }],
                ...(env.length > 0 && { env }),
                envFrom,
                startupProbe: { ...probe('/livez', 1), failureThreshold: 30 },
                readinessProbe: probe('/readyz', 2),
                livenessProbe: probe('/livez', 10),
              },
            ],
          }),
        },
      },
    });
    new k8s.KubeService(this, 'web-service', {
      metadata: { name },
      spec: { selector: { app: 'web' }, ports: [{ port, targetPort: number(PORT) }] },
    });

    new k8s.KubeStatefulSet(this, 'orders', {
      metadata: { name: 'orders', labels: { app: 'orders' } },
      spec: {
        serviceName: 'orders',
        replicas: ORDERS.replicas,
        selector: { matchLabels: { app: 'orders' } },
        template: {
          metadata: { labels: { app: 'orders' } },
          spec: pod({
            containers: [
              {
                ...container('orders', images.shop, ORDERS.resources),
                args: ['src/orders-main.ts'],
                ports: [{ containerPort: PORT }],
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
                readinessProbe: probe('/readyz', 2),
                livenessProbe: probe('/livez', 10),
              },
            ],
          }),
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: k8s.Quantity.fromString(ORDERS.storage) } },
            },
          },
        ],
      },
    });
    new k8s.KubeService(this, 'orders-service', {
      metadata: { name: 'orders' },
      spec: { clusterIp: 'None', selector: { app: 'orders' }, ports: [{ port: PORT }] },
    });

    new k8s.KubeDeployment(this, 'packer', {
      metadata: { name: 'packer', labels: { app: 'packer' } },
      spec: {
        replicas: PACKER.replicas,
        selector: { matchLabels: { app: 'packer' } },
        strategy: rollingUpdate(PACKER.surge),
        template: {
          metadata: { labels: { app: 'packer' } },
          spec: pod({
            containers: [
              {
                ...container('packer', images.shop, PACKER.resources),
                args: ['src/packer-main.ts'],
                env: [{ name: 'ORDERS_URL', value: ORDERS_URL }],
                livenessProbe: probe('/livez', 10),
              },
            ],
          }),
        },
      },
    });

    new k8s.KubeCronJob(this, 'report-job', {
      metadata: { name: 'report' },
      spec: {
        schedule: '*/15 * * * *',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 300,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 1,
        jobTemplate: {
          spec: {
            backoffLimit: 2,
            activeDeadlineSeconds: 120,
            template: {
              metadata: { labels: { app: 'report' } },
              spec: pod({
                restartPolicy: 'Never',
                containers: [
                  {
                    ...container('report', images.node, REPORT.resources),
                    args: ['/report/report.mjs'],
                    env: [{ name: 'ORDERS_URL', value: ORDERS_URL }],
                    volumeMounts: [{ name: 'report', mountPath: '/report', readOnly: true }],
                  },
                ],
                volumes: [{ name: 'report', configMap: { name: 'report' } }],
              }),
            },
          },
        },
      },
    });
  }
}

/** Within what Pod Security `restricted` admits, with no token of the cluster's. */
function pod(spec: k8s.PodSpec): k8s.PodSpec {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 15,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...spec,
  };
}

function container(name: string, image: string, resources: PodResources): k8s.Container {
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    resources: kubeResources(resources),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsUser: USER,
      runAsGroup: USER,
      capabilities: { drop: ['ALL'] },
    },
  };
}

function rollingUpdate(surge: number): k8s.DeploymentStrategy {
  return {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: number(surge), maxUnavailable: number(0) },
  };
}

function probe(path: string, periodSeconds: number): k8s.Probe {
  return { httpGet: { path, port: number(PORT) }, periodSeconds };
}

/** Where there are several nodes, a node that ends does not end all of them. */
function onOtherNodes(app: string): k8s.Affinity {
  const podAffinityTerm = {
    topologyKey: 'kubernetes.io/hostname',
    labelSelector: { matchLabels: { app } },
  };
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }],
    },
  };
}

function number(value: number): k8s.IntOrString {
  return k8s.IntOrString.fromNumber(value);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
