/** What is wrong with the value of an open path, or null. */
type Check = (value: unknown) => string | null;

/**
 * The vcluster values that a plan may set, by path; what lies below a path is open with it. Every
 * other value is closed: each was looked at for what it does to the other tenants on the host.
 */
export const OPEN: ReadonlyMap<string, Check> = new Map<string, Check>([
  // Where the control plane and the tenant's CoreDNS run.
  ['controlPlane.statefulSet.scheduling.nodeSelector', anything],
  ['controlPlane.statefulSet.scheduling.affinity', anything],
  ['controlPlane.statefulSet.scheduling.topologySpreadConstraints', anything],
  ['controlPlane.statefulSet.scheduling.tolerations', tolerations],
  ['controlPlane.coredns.deployment.nodeSelector', anything],
  ['controlPlane.coredns.deployment.affinity', anything],
  ['controlPlane.coredns.deployment.topologySpreadConstraints', anything],
  ['controlPlane.coredns.deployment.tolerations', tolerations],
  // A sandbox for tenants whom a shared kernel is not enough for.
  ['controlPlane.statefulSet.runtimeClassName', anything],
  ['sync.toHost.pods.runtimeClassName', anything],
  // Where images come from.
  ['controlPlane.advanced.defaultImageRegistry', anything],
  ['controlPlane.advanced.serviceAccount.imagePullSecrets', anything],
  ['controlPlane.advanced.workloadServiceAccount.imagePullSecrets', anything],
  ['controlPlane.statefulSet.imagePullPolicy', oneOf('Always', 'IfNotPresent', 'Never')],
  ['controlPlane.distro.k8s.imagePullPolicy', oneOf('Always', 'IfNotPresent', 'Never')],
  ['sync.toHost.pods.translateImage', anything],
  // How the control plane is watched and found.
  ['controlPlane.statefulSet.annotations', anything],
  ['controlPlane.statefulSet.pods.annotations', anything],
  ['controlPlane.service.annotations', anything],
  ['controlPlane.advanced.globalMetadata.annotations', anything],
  ['controlPlane.statefulSet.probes.livenessProbe', anything],
  ['controlPlane.statefulSet.probes.readinessProbe', anything],
  ['controlPlane.statefulSet.probes.startupProbe.failureThreshold', anything],
  ['controlPlane.statefulSet.probes.startupProbe.timeoutSeconds', anything],
  ['controlPlane.proxy.extraSANs', anything],
  ['logging.encoding', oneOf('console', 'json')],
  // Where its volume lies; host.storageClasses must have the class.
  ['controlPlane.statefulSet.persistence.volumeClaim.storageClass', anything],
  // What every tenant finds in its own cluster.
  ['experimental.deploy.vcluster.manifests', anything],
]);

function anything(): null {
  return null;
}

/** The chart's schema has no enumerations: a wrong word would show at the start at the earliest. */
function oneOf(...words: readonly string[]): Check {
  return (value) =>
    typeof value !== 'string' || words.includes(value)
      ? null
      : `allowed: ${words.map((word) => JSON.stringify(word)).join(', ')}`;
}

/** What the host's admission policy would refuse at the deploy. */
function tolerations(value: unknown): string | null {
  const keys = Array.isArray(value) ? value.map((item) => (item as { key?: unknown })?.key) : [];
  return keys.every(
    (key) => typeof key === 'string' && key !== '' && !key.startsWith('node-role.kubernetes.io/'),
  )
    ? null
    : "a toleration names the key of one taint, and not of the host's control plane";
}
