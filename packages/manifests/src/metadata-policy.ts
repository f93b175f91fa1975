import { Construct } from 'constructs';
import { AdmissionPolicy, BY_TENANT, celList } from './admission-policy.ts';

export interface MetadataPolicyProps {
  /** Keys, or the domains of keys, that are allowed although they look like network software's. */
  readonly annotations: readonly string[];
}

/** Of keys with a domain: these words are about a host's network, its proxies and what they inject. */
const WORDS = [
  'cni',
  'ipam',
  'networks?',
  'networking',
  'vpc',
  'subnet',
  'bandwidth',
  'ingress',
  'egress',
  'gateways?',
  'prox(?:y|ies)',
  'load-?balancers?',
  'dns',
  'mesh',
  'sidecars?',
  'inject(?:ion|or)?',
] as const;

/**
 * Domains of network and proxy software whose keys need not have such a word, of what puts a host's
 * credentials into pods, and of what copies Secrets between namespaces.
 */
const DOMAINS = [
  'antrea.io',
  'cilium.io',
  'flannel.alpha.coreos.com',
  'io.cilium',
  'kube-router.io',
  'kube-vip.io',
  'metallb.io',
  'metallb.universe.tf',
  'multus-cni.io',
  'ovn.kubernetes.io',
  'ovn.org',
  'projectcalico.org',
  'submariner.io',
  'getambassador.io',
  'haproxy.org',
  'istio.io',
  'konghq.com',
  'kuma.io',
  'linkerd.io',
  'nginx.com',
  'nginx.org',
  'openservicemesh.io',
  'projectcontour.io',
  'service.alpha.kubernetes.io',
  'service.beta.kubernetes.io',
  'solo.io',
  'tailscale.com',
  'traefik.io',
  'zalando.org',
  'amazonaws.com',
  'azure.com',
  'azure.workload.identity',
  'cloud.google.com',
  'gke.io',
  'hashicorp.com',
  'dapr.io',
  'kubed.appscode.com',
  'reflector.v1.k8s.emberstack.com',
  'replicator.v1.mittwald.de',
] as const;

const escape = (text: string) => text.replaceAll('.', String.raw`\.`);

const PATTERN = [
  String.raw`^[^/]+\.[^/]+/(?:.*[./_-])?(?:${WORDS.join('|')})(?:[./_-].*)?$`,
  String.raw`^(?:[^/]*[./_-])?(?:${WORDS.join('|')})(?:[._-][^/]*)?\.[^/]+/`,
  String.raw`^(?:[^/]+\.)?(?:${DOMAINS.map(escape).join('|')})/`,
].join('|');

/** What a tenant's accounts write beside the kind's own fields: no veto and no order to others. */
export class MetadataPolicy extends Construct {
  constructor(scope: Construct, id: string, { annotations }: MetadataPolicyProps) {
    super(scope, id);
    const isNamed = `${celList(annotations)}.exists(a, k == a || k.startsWith(a + "/") || k.contains("." + a + "/"))`;
    // What the host's own software has written on the object comes back with every update.
    const isOld = `(request.operation == "UPDATE" && oldObject.metadata.?annotations[?k] == optional.of(object.metadata.annotations[k]))`;
    new AdmissionPolicy(this, 'policy', {
      name: 'tenantry-metadata',
      resources: {
        group: '',
        plurals: [
          'pods',
          'services',
          'configmaps',
          'secrets',
          'persistentvolumeclaims',
          'pods/status',
        ],
      },
      conditions: [BY_TENANT],
      validations: [
        {
          // The host's API server itself puts the one on claims, before it asks the policies.
          expression:
            'object.metadata.?finalizers.orValue([]).all(f, f == "kubernetes.io/pvc-protection" || (request.operation == "UPDATE" && f in oldObject.metadata.?finalizers.orValue([])))',
          message: "a tenant's account puts no finalizer on anything: it would veto the deletion",
        },
        {
          expression: `object.metadata.?annotations.orValue({}).all(k, !(k.matches(${JSON.stringify(`(?i)${PATTERN}`)})) || ${isNamed} || ${isOld})`,
          message:
            "a tenant's object has no annotation for the host's network or proxies but those that host.annotations names",
        },
      ],
    });
  }
}
