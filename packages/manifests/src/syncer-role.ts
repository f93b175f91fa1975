/** A right of the syncer in its tenant's host namespace, and what it cannot do without it. */
export interface SyncerRight {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly why: string;
}

const READ = ['get', 'list', 'watch'] as const;

/**
 * The syncer's whole Role, read off vcluster 0.36's source. The chart's own has besides: writing
 * StatefulSets, Deployments and ReplicaSets, creating Events, patching pods, claims and pods' status,
 * watching exec, attach, port-forward and logs.
 */
export const SYNCER_RIGHTS: readonly SyncerRight[] = [
  {
    group: '',
    resources: ['configmaps', 'secrets', 'services'],
    verbs: [...READ, 'create', 'update', 'patch', 'delete'],
    why: "brings the tenant's objects to the host; keeps its certificates and kubeconfig in Secrets; changes a Service's type by a patch",
  },
  {
    group: '',
    resources: ['pods', 'persistentvolumeclaims'],
    verbs: [...READ, 'create', 'update', 'delete'],
    why: "brings the tenant's pods and claims to the host and shows their state inside",
  },
  {
    group: '',
    resources: ['pods/status'],
    verbs: ['update'],
    why: 'readiness gates: conditions that controllers inside set',
  },
  { group: '', resources: ['pods/ephemeralcontainers'], verbs: ['update'], why: 'kubectl debug' },
  {
    group: '',
    resources: ['pods/resize'],
    verbs: ['patch'],
    why: "changes a running pod's resources (hosts from Kubernetes 1.35)",
  },
  {
    group: '',
    resources: ['pods/exec', 'pods/attach', 'pods/portforward'],
    verbs: ['get', 'create'],
    why: 'kubectl exec, attach and port-forward; which verb depends on the client',
  },
  { group: '', resources: ['pods/log'], verbs: ['get'], why: 'kubectl logs' },
  {
    group: '',
    resources: ['endpoints'],
    verbs: READ,
    why: "finds its own API's addresses, for the Service kubernetes inside",
  },
  {
    group: 'discovery.k8s.io',
    resources: ['endpointslices'],
    verbs: READ,
    // The chart forgets it.
    why: 'does not start without it, also where it syncs none',
  },
  {
    group: '',
    resources: ['events'],
    verbs: READ,
    why: "shows the host's events of a pod inside: scheduling, images, probes",
  },
];

/** The rules for the chart's `rbac.role.overwriteRules`. */
export function syncerRules(): object[] {
  return SYNCER_RIGHTS.map(({ group, resources, verbs }) => ({
    apiGroups: [group],
    resources: [...resources],
    verbs: [...verbs],
  }));
}
