import {
  MAX_GRACE_SECONDS,
  RUNTIME_CLASS_LABEL,
  SYNCED_LABEL,
  WORKLOAD_ACCOUNT_PREFIX,
} from '@tenantry/tenants';
import { Construct } from 'constructs';
import { AdmissionPolicy, BY_TENANT } from './admission-policy.ts';
import { VCLUSTER } from './tenant-request.ts';

/** CEL: whether a pod is one that the syncer has brought, and not a control plane or one of ours. */
const isSynced = (pod: string) =>
  `${pod}.metadata.?labels[?${JSON.stringify(SYNCED_LABEL)}].orValue("") == ${VCLUSTER}`;

const NOT_SYNCED =
  "a tenant's account writes the pods of its own cluster only: no control plane, nothing of the operator's";

/** CEL over a list of terms: none looks beyond the pod's own namespace. */
const ownNamespace = (terms: string) =>
  `${terms}.all(t, size(t.?namespaces.orValue([])) == 0 && !has(t.namespaceSelector))`;

const AFFINITY = ['podAffinity', 'podAntiAffinity']
  .map((kind) => `object.spec.?affinity.?${kind}`)
  .flatMap((kind) => [
    ownNamespace(`${kind}.?requiredDuringSchedulingIgnoredDuringExecution.orValue([])`),
    ownNamespace(
      `${kind}.?preferredDuringSchedulingIgnoredDuringExecution.orValue([]).map(p, p.podAffinityTerm)`,
    ),
  ])
  .join(' && ');

/** CEL: the runtime class of the tenant's plan. */
const SANDBOX = `namespaceObject.metadata.?labels[?${JSON.stringify(RUNTIME_CLASS_LABEL)}].orValue("")`;

/** What a tenant's accounts do to the pods of its namespace: they bring them, watch them and end them. */
export class TenantPodPolicy extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, 'pods', {
      name: 'tenantry-tenant-pods',
      resources: { group: '', plurals: ['pods', 'pods/ephemeralcontainers', 'pods/resize'] },
      conditions: [BY_TENANT],
      validations: [
        {
          // Without the label, a pod would have the control plane's way to the host's API.
          expression: `${isSynced('object')} && (request.operation == "CREATE" || ${isSynced('oldObject')})`,
          message: NOT_SYNCED,
        },
        {
          // The syncer puts tokens of the virtual cluster into Secrets. Whatever else a projected
          // volume can hold is issued by the host.
          expression:
            'object.spec.?automountServiceAccountToken.orValue(true) == false && object.spec.?volumes.orValue([]).all(v, !has(v.projected) || v.projected.?sources.orValue([]).all(s, has(s.configMap) || has(s.secret) || has(s.downwardAPI)))',
          message:
            'a pod of a tenant holds no token and no certificate of the host: projected volumes are of ConfigMaps, Secrets and the downward API',
        },
        {
          expression: `object.spec.?serviceAccountName.orValue("") == "${WORKLOAD_ACCOUNT_PREFIX}" + ${VCLUSTER}`,
          message: "a pod of a tenant runs under its namespace's account for workloads",
        },
        {
          // It works both ways: a pod of another tenant would not be scheduled beside this one.
          expression: AFFINITY,
          message: 'a pod of a tenant has no affinity to other namespaces, and none against them',
        },
        {
          expression: 'object.spec.?schedulerName.orValue("") in ["", "default-scheduler"]',
          message: "a pod of a tenant is placed by the host's default scheduler",
        },
        {
          expression: 'size(object.spec.?resourceClaims.orValue([])) == 0',
          message: 'a pod of a tenant claims no device of the host (resourceClaims)',
        },
        {
          // Where a plan has a sandbox, nothing runs outside of it.
          expression: `[${SANDBOX}].all(c, c == "" || c == object.spec.?runtimeClassName.orValue(""))`,
          message: "a pod of a tenant has the runtime class of the tenant's plan",
        },
      ],
    });
    new AdmissionPolicy(this, 'status', {
      name: 'tenantry-pod-status',
      resources: { group: '', plurals: ['pods/status'] },
      operations: ['UPDATE'],
      conditions: [BY_TENANT],
      validations: [
        { expression: isSynced('oldObject'), message: NOT_SYNCED },
        {
          // A syncer writes readiness gates; network policies and Services go by the rest.
          expression: POD_STATUS.map(
            (field) => `object.?status.?${field} == oldObject.?status.?${field}`,
          ).join(' && '),
          message:
            "a tenant's account sets no address, phase or container status of a pod, conditions only",
        },
        {
          expression:
            'object.metadata.?labels == oldObject.metadata.?labels && object.metadata.?annotations == oldObject.metadata.?annotations',
          message: "a pod's labels and annotations are not written with its status",
        },
      ],
    });
    new AdmissionPolicy(this, 'connections', {
      name: 'tenantry-pod-connections',
      resources: { group: '', plurals: ['pods/exec', 'pods/attach', 'pods/portforward'] },
      operations: ['CONNECT'],
      conditions: [BY_TENANT],
      validations: [
        {
          // A request to connect does not show the pod's labels.
          expression: `!request.name.matches("^" + ${VCLUSTER} + "-[0-9]+$")`,
          message: "a tenant's account connects to no control plane",
        },
      ],
    });
    new AdmissionPolicy(this, 'deletion', {
      name: 'tenantry-pod-deletion',
      resources: { group: '', plurals: ['pods'] },
      operations: ['DELETE'],
      conditions: [BY_TENANT],
      validations: [
        { expression: isSynced('oldObject'), message: NOT_SYNCED },
        {
          expression: `request.?options.?gracePeriodSeconds.orValue(0) <= ${MAX_GRACE_SECONDS}`,
          message: `a pod of a tenant ends within ${MAX_GRACE_SECONDS} seconds: gracePeriodSeconds is at most that`,
        },
      ],
    });
  }
}

/** All fields of a pod's status but its conditions, and its QoS class, which cannot be changed. */
const POD_STATUS = [
  'phase',
  'message',
  'reason',
  'nominatedNodeName',
  'hostIP',
  'hostIPs',
  'podIP',
  'podIPs',
  'startTime',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
  // What the scheduler counts.
  'allocatedResources',
  'resources',
  'resize',
  'resourceClaimStatuses',
  'extendedResourceClaimStatus',
  'observedGeneration',
] as const;
