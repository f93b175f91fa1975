import { MAX_GRACE_SECONDS } from '@tenantry/tenants';
import { Construct } from 'constructs';
import { AdmissionPolicy, celList, STAYS } from './admission-policy.ts';

export interface PodPolicyProps {
  /** The priority classes that pods may have. */
  readonly priorityClasses: readonly string[];
  /** The runtime classes that pods may have. */
  readonly runtimeClasses: readonly string[];
}

/**
 * What Pod Security does not say of the pods in a tenant's namespace, whoever makes them: where they
 * run, what they push aside, how long they take to end.
 */
export class PodPolicy extends Construct {
  constructor(scope: Construct, id: string, { priorityClasses, runtimeClasses }: PodPolicyProps) {
    super(scope, id);
    new AdmissionPolicy(this, 'policy', {
      name: 'tenantry-pods',
      resources: { group: '', plurals: ['pods'] },
      conditions: [STAYS],
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
          expression: `object.spec.?runtimeClassName.orValue("") in ${celList(['', ...runtimeClasses])}`,
          message: 'a pod of a tenant has a runtime class that host.runtimeClasses names, or none',
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
          // Afterwards it cannot be changed.
          expression: `request.operation != "CREATE" || object.spec.?terminationGracePeriodSeconds.orValue(30) <= ${MAX_GRACE_SECONDS}`,
          message: `a pod of a tenant ends within ${MAX_GRACE_SECONDS} seconds: terminationGracePeriodSeconds is at most that`,
        },
      ],
    });
  }
}
