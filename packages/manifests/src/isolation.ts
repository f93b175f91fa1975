import {
  covers,
  EGRESS_POLICY,
  FLUX_NAMESPACE,
  FLUX_POLICY,
  type Gateway,
  hostLabels,
  hostNamespace,
  LINK_LOCAL,
  NAMESERVERS_POLICY,
  SYNCED_LABEL,
  type Tenant,
  vclusterName,
} from '@tenantry/tenants';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { ReachedPods } from './workload-service.ts';

const API_SERVER_PORT = 8443;
const DNS_PORT = 53;

export interface IsolationProps {
  readonly tenant: Pick<Tenant, 'id' | 'plan'>;
  /** The addresses of the host's API server; null for any. */
  readonly apiCidr: string | null;
  /** The Gateway that the tenant's route attaches to; null for none. */
  readonly gateway: Gateway | null;
  /** Whether Flux is let in to the virtual cluster. */
  readonly flux: boolean;
  /** The pods that an open NodePort and the route lead to. */
  readonly reached: ReachedPods;
}

/**
 * Who may speak with whom in a tenant's host namespace: nothing in or out, then only the ways that
 * a virtual cluster cannot do without. `kubectl port-forward` dials inside the pod and needs none.
 * The host's DNS is none of them: it names the Services of all tenants to whoever asks. What a plan
 * opens beside is open to the tenant's pods only, never to its control plane.
 */
export class Isolation extends Construct {
  readonly #metadata: k8s.ObjectMeta;

  constructor(scope: Construct, id: string, props: IsolationProps) {
    super(scope, id);
    const { tenant, apiCidr, gateway, flux, reached } = props;
    this.#metadata = { namespace: hostNamespace(tenant.id), labels: hostLabels(tenant.id) };
    const vcluster = vclusterName(tenant.id);
    const workload = { matchLabels: { [SYNCED_LABEL]: vcluster } };
    // A tenant chooses the labels of its pods, but the syncer's own and `release` stay the syncer's.
    const controlPlane = {
      matchLabels: { app: 'vcluster', release: vcluster },
      matchExpressions: [{ key: SYNCED_LABEL, operator: 'DoesNotExist' }],
    };
    const inside = (namespace: string, labels: Readonly<Record<string, string>>) => ({
      matchLabels: { ...workload.matchLabels, 'vcluster.loft.sh/namespace': namespace, ...labels },
    });

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
    this.#policy('control-plane', {
      podSelector: controlPlane,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [port(API_SERVER_PORT)], from: [{ podSelector: workload }] }],
      egress: [
        { to: [{ podSelector: workload }] },
        { ports: [port(443), port(6443)], to: [{ ipBlock: hostApi(apiCidr ?? '0.0.0.0/0') }] },
      ],
    });
    if (tenant.plan.nodePort === 'open') {
      this.#policy('node-port', {
        podSelector: inside(reached.namespace, reached.labels),
        policyTypes: ['Ingress'],
        ingress: [{ ports: [port(reached.port)] }],
      });
    }
    if (gateway !== null) {
      this.#policy('gateway', {
        podSelector: inside(reached.namespace, reached.labels),
        policyTypes: ['Ingress'],
        ingress: [{ ports: [port(reached.port)], from: [namespaceOf(gateway)] }],
      });
    }
    if (flux) {
      this.#policy(FLUX_POLICY, {
        podSelector: controlPlane,
        policyTypes: ['Ingress'],
        ingress: [{ ports: [port(API_SERVER_PORT)], from: [KUSTOMIZE_CONTROLLER] }],
      });
    }
    const { egress, nameservers } = tenant.plan;
    if (egress.length > 0) {
      this.#policy(EGRESS_POLICY, {
        podSelector: workload,
        policyTypes: ['Egress'],
        egress: egress.map(({ cidr, ports }) => ({
          ports: ports.map((number) => port(number)),
          to: [{ ipBlock: { cidr } }],
        })),
      });
    }
    if (nameservers.length > 0) {
      this.#policy(NAMESERVERS_POLICY, {
        podSelector: inside('kube-system', { 'k8s-app': 'vcluster-kube-dns' }),
        policyTypes: ['Egress'],
        egress: [
          {
            ports: [port(DNS_PORT, 'UDP'), port(DNS_PORT)],
            to: nameservers.map((address) => ({ ipBlock: { cidr: `${address}/32` } })),
          },
        ],
      });
    }
  }

  #policy(name: string, spec: k8s.NetworkPolicySpec): void {
    new k8s.KubeNetworkPolicy(this, name, { metadata: { ...this.#metadata, name }, spec });
  }
}

/** What of Flux applies a tenant's objects inside. */
const KUSTOMIZE_CONTROLLER: k8s.NetworkPolicyPeer = {
  ...namespaceOf({ namespace: FLUX_NAMESPACE }),
  podSelector: { matchLabels: { app: 'kustomize-controller' } },
};

/** All pods of the Gateway's namespace: an implementation names and labels its own as it likes. */
export function namespaceOf({ namespace }: Pick<Gateway, 'namespace'>): k8s.NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

/** The cloud's metadata service is never the host's API. */
function hostApi(cidr: string): k8s.IpBlock {
  return covers(cidr, LINK_LOCAL) ? { cidr, except: [LINK_LOCAL] } : { cidr };
}

function port(number: number, protocol = 'TCP'): k8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(number), protocol };
}
