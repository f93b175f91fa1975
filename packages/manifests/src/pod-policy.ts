import { TENANT_ACCOUNTS } from '@tenantry/tenants';
import { Construct } from 'constructs';
import { AdmissionPolicy, celList } from './admission-policy.ts';

export interface PodPolicyProps {
  /** The priority classes that pods may have. */
  readonly priorityClasses: readonly string[];
}

const BY_TENANT = `request.userInfo.username.startsWith(${JSON.stringify(TENANT_ACCOUNTS)})`;

/** What Pod Security does not say of pods: where they run, what they push aside, whose token they hold. */
export class PodPolicy extends Construct {
  constructor(scope: Construct, id: string, { priorityClasses }: PodPolicyProps) {
    super(scope, id);
    new AdmissionPolicy(this, 'policy', {
      name: 'tenantry-pods',
      resource: { group: '', plural: 'pods' },
      // A pod from before the policy must still be able to go: its finalizers are an update.
      condition: { name: 'stays', expression: '!has(object.metadata.deletionTimestamp)' },
      validations: [
        {
          expression: 'object.spec.?volumes.orValue([]).all(v, !has(v.hostPath) && !has(v.csi))',
          message: "a pod of a tenant mounts no path of the node and no volume of a driver's own",
        },
        {
          expression: `object.spec.?priorityClassName.orValue("") in ${celList(['', ...priorityClasses])}`,
          message:
            'a pod of a tenant has a priority class that host.priorityClasses names, or none',
        },
        {
          // The defaults of every pod and the ones a DaemonSet adds name their keys.
          expression:
            'object.spec.?tolerations.orValue([]).all(t, t.?key.orValue("") != "" && !t.key.startsWith("node-role.kubernetes.io/"))',
          message: "a pod of a tenant tolerates taints by their keys, and none of a node's role",
        },
        {
          // Past the scheduler, a pod runs on a node whatever its taints are.
          expression: 'request.operation != "CREATE" || object.spec.?nodeName.orValue("") == ""',
          message: 'a pod of a tenant is placed by the scheduler: it names no node',
        },
        {
          // The syncer puts tokens of the virtual cluster into Secrets.
          expression: `!${BY_TENANT} || (object.spec.?automountServiceAccountToken.orValue(true) == false && object.spec.?volumes.orValue([]).all(v, !has(v.projected) || v.projected.?sources.orValue([]).all(s, !has(s.serviceAccountToken))))`,
          message: 'a pod of a tenant holds no token of the host',
        },
      ],
    });
  }
}
