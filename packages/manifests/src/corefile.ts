/**
 * The configuration of a tenant's DNS that asks these servers for what the tenant's cluster does not
 * know: vcluster's own, but that it would ask whom the node asks, which nobody here decides.
 */
export function corefile(nameservers: readonly string[]): string {
  return `.:1053 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    hosts /etc/coredns/NodeHosts {
        ttl 60
        reload 15s
        fallthrough
    }
    prometheus :9153
    forward . ${nameservers.join(' ')}
    cache 30
    loop
    reload
    loadbalance
}

import /etc/coredns/custom/*.server
`;
}
