import { hostLabels, hostNamespace, type Tenant, vclusterName } from '@tenantry/tenants';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';

const API_SERVER_PORT = 8443;

export interface IsolationProps {
  readonly tenant: Tenant;
}

/**
 * Who may speak with whom in a tenant's host namespace: nothing in or out, then only the ways that
 * a virtual cluster cannot do without. `kubectl port-forward` dials inside the pod and needs none.
 */
export class Isolation extends Construct {
  readonly #metadata: k8s.ObjectMeta;

  constructor(scope: Construct, id: string, { tenant }: IsolationProps) {
    super(scope, id);
    this.#metadata = { namespace: hostNamespace(tenant.id), labels: hostLabels(tenant.id) };
    const vcluster = vclusterName(tenant.id);
    const workload = { matchLabels: { 'vcluster.loft.sh/managed-by': vcluster } };
    // A tenant chooses the labels of its pods, but never escapes the syncer's own.
    const controlPlane = {
      matchLabels: { app: 'vcluster', release: vcluster },
      matchExpressions: [{ key: 'vcluster.loft.sh/managed-by', operator: 'DoesNotExist' }],
    };
    const hostDns: k8s.NetworkPolicyEgressRule = {
      ports: [port(53, 'UDP'), port(53, 'TCP')],
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
          podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        },
      ],
    };

    this.#policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    this.#policy('workload', {
      podSelector: workload,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: workload }, { podSelector: controlPlane }] }],
      egress: [
        { to: [{ podSelector: workload }] },
        { ports: [port(API_SERVER_PORT)], to: [{ podSelector: controlPlane }] },
      ],
    });
    this.#policy('dns', {
      podSelector: {
        matchLabels: { ...workload.matchLabels, 'k8s-app': 'vcluster-kube-dns' },
      },
      policyTypes: ['Egress'],
      egress: [hostDns],
    });
    this.#policy('control-plane', {
      podSelector: controlPlane,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [port(API_SERVER_PORT)], from: [{ podSelector: workload }] }],
      egress: [
        hostDns,
        { to: [{ podSelector: workload }] },
        // The host's API: its address is the host's own affair, the cloud's metadata is not it.
        {
          ports: [port(443), port(6443)],
          to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }],
        },
      ],
    });
  }

  #policy(name: string, spec: k8s.NetworkPolicySpec): void {
    new k8s.KubeNetworkPolicy(this, name, { metadata: { ...this.#metadata, name }, spec });
  }
}

function port(number: number, protocol = 'TCP'): k8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(number), protocol };
}
