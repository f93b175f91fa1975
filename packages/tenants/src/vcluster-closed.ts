/** Whether a value turns on what its path stands for. */
type IsOn = (value: unknown) => boolean;

const isTrue: IsOn = (value) => value === true;
const isFilled: IsOn = (value) =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;
const isThere: IsOn = (value) => value !== null;

/**
 * The paid features of vcluster 0.36.0, as `IsProFeatureEnabled` of its config/config.go has them;
 * the chart's schema marks seven. The free image refuses them, but only when it starts.
 */
export const PAID: ReadonlyMap<string, IsOn> = new Map<string, IsOn>([
  ['networking.resolveDNS', isFilled],
  ['controlPlane.coredns.embedded', isTrue],
  ['controlPlane.backingStore.database.external.enabled', isTrue],
  ['controlPlane.backingStore.etcd.embedded.enabled', isTrue],
  ['policies.centralAdmission.validatingWebhooks', isFilled],
  ['policies.centralAdmission.mutatingWebhooks', isFilled],
  ['controlPlane.hostPathMapper.central', isTrue],
  ['experimental.denyProxyRequests', isFilled],
  ['sync.toHost.customResources', isFilled],
  ['sync.fromHost.customResources', isFilled],
  ['sync.toHost.namespaces.enabled', isTrue],
  ['sync.toHost.pods.hybridScheduling.enabled', isTrue],
  ['privateNodes.enabled', isTrue],
  ['sync.toHost.resourceClaimTemplates.enabled', isTrue],
  ['sync.toHost.resourceClaims.enabled', isTrue],
  ['sync.fromHost.deviceClasses.enabled', isTrue],
  ['sleep', isThere],
  ['snapshots', isThere],
  ['deletion', isThere],
  ['platform', isThere],
]);

const OURS = 'the hardening sets it';
const COUNTED = 'the quota counts on what is set here';
const RIGHTS = "it changes what a tenant's control plane may do on the host";
const REACH = 'it reaches into the control plane, which holds rights on the host';
const LEAK = "it shows a tenant what is the host's or another tenant's";
const NETWORK = 'it opens ways that the network policies close';
const SHARED = 'it lets a tenant write what other tenants share';

/** Why the closed values are closed; of several paths the longest counts. */
export const CLOSED: ReadonlyMap<string, string> = new Map([
  ['policies', OURS],
  ['policies.podSecurityStandard', 'every tenant\'s pods are held to "restricted"'],
  ['policies.networkPolicy', 'the network policies are in host/, and policies only add up'],
  ['policies.resourceQuota', "the quota is the plan's and is in host/"],
  ['policies.limitRange', "the limits are the plan's and are in host/"],
  ['telemetry', OURS],
  ['controlPlane.distro', OURS],
  ['controlPlane.distro.k8s.apiServer', REACH],
  ['controlPlane.distro.k8s.controllerManager', REACH],
  ['controlPlane.distro.k8s.scheduler', REACH],
  ['controlPlane.distro.k8s.env', REACH],
  ['controlPlane.distro.k8s.resources', COUNTED],
  ['controlPlane.statefulSet', REACH],
  ['controlPlane.statefulSet.image', "the image is pinned, and the chart's own is the paid one"],
  ['controlPlane.statefulSet.highAvailability', 'a pause is the number of replicas'],
  ['controlPlane.statefulSet.resources', COUNTED],
  ['controlPlane.statefulSet.security', OURS],
  ['controlPlane.statefulSet.persistence', COUNTED],
  ['controlPlane.statefulSet.probes', OURS],
  ['controlPlane.statefulSet.labels', 'the network policies go by them'],
  ['controlPlane.statefulSet.pods.labels', 'the network policies go by them'],
  ['controlPlane.statefulSet.scheduling.priorityClassName', SHARED],
  ['controlPlane.coredns', "every tenant's pods go by it"],
  ['controlPlane.coredns.deployment.replicas', COUNTED],
  ['controlPlane.coredns.deployment.resources', COUNTED],
  ['controlPlane.coredns.deployment.pods.labels', 'the network policies go by them'],
  ['controlPlane.coredns.priorityClassName', SHARED],
  ['controlPlane.backingStore', COUNTED],
  ['controlPlane.hostPathMapper', "it mounts the nodes' own directories"],
  ['controlPlane.ingress', NETWORK],
  ['controlPlane.tlsRoute', NETWORK],
  ['controlPlane.service', NETWORK],
  ['controlPlane.proxy', NETWORK],
  ['controlPlane.endpoint', NETWORK],
  ['controlPlane.standalone', 'it is no tenant of a host cluster'],
  ['controlPlane.serviceMonitor', NETWORK],
  ['controlPlane.advanced', RIGHTS],
  ['controlPlane.advanced.podDisruptionBudget', 'it can hold up the drain of a shared node'],
  ['controlPlane.advanced.workloadServiceAccount', "all of a tenant's pods run under it"],
  ['privateNodes', "tenants here share the host's nodes"],
  ['deploy', RIGHTS],
  ['rbac', RIGHTS],
  ['integrations', RIGHTS],
  ['plugins', REACH],
  ['plugin', REACH],
  ['exportKubeConfig', "the commands read a tenant's kubeconfig where it is by default"],
  ['networking', NETWORK],
  ['networking.replicateServices', LEAK],
  ['networking.advanced.fallbackHostCluster', LEAK],
  ['networking.advanced.proxyKubelets', LEAK],
  ['sync.fromHost', LEAK],
  ['sync.toHost', RIGHTS],
  ['sync.toHost.pods', OURS],
  ['sync.toHost.pods.enforceTolerations', "tenants' pods go where the host's taints let them"],
  ['sync.toHost.pods.priorityClassName', SHARED],
  ['sync.toHost.endpoints', "it lets a tenant's Service lead to another tenant's pods"],
  ['sync.toHost.endpointSlices', "it lets a tenant's Service lead to another tenant's pods"],
  [
    'sync.toHost.networkPolicies',
    "policies only add up: a tenant's own would open what ours close",
  ],
  ['sync.toHost.ingresses', "it lets a tenant claim another tenant's host names"],
  ['sync.toHost.gatewayApi', "it lets a tenant claim another tenant's host names"],
  ['sync.toHost.serviceAccounts', "it lets a tenant's pods run under an account of its choice"],
  ['sync.toHost.podDisruptionBudgets', 'it lets a tenant hold up the drain of a shared node'],
  ['sync.toHost.priorityClasses', SHARED],
  ['sync.toHost.storageClasses', SHARED],
  ['sync.toHost.persistentVolumes', "it lets a tenant claim the nodes' own directories"],
  ['sync.toHost.volumeSnapshotContents', SHARED],
  ['experimental', RIGHTS],
  ['experimental.deploy.host', 'it writes to the host whatever it says'],
  ['experimental.proxy', LEAK],
  ['experimental.syncSettings', OURS],
]);
