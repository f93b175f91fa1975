import { controlPlaneClaim, vclusterName } from '@tenantry/tenants';
import { Construct } from 'constructs';
import { AdmissionPolicy, BY_TENANT, celList } from './admission-policy.ts';
import { VCLUSTER } from './tenant-request.ts';

export interface ClaimPolicyProps {
  /** The storage classes that may be claimed; a claim without one has the default class by now. */
  readonly storageClasses: readonly string[];
}

const [CLAIM_PREFIX = '', CLAIM_SUFFIX = ''] = controlPlaneClaim('*').split(vclusterName('*'));

/** Which volumes a tenant and its control plane may claim. */
export class ClaimPolicy extends Construct {
  constructor(scope: Construct, id: string, { storageClasses }: ClaimPolicyProps) {
    super(scope, id);
    const resources = { group: '', plurals: ['persistentvolumeclaims'] };
    new AdmissionPolicy(this, 'policy', {
      name: 'tenantry-claims',
      resources,
      // Afterwards the class is fixed, and the host itself writes the volume's name.
      operations: ['CREATE'],
      validations: [
        {
          // Absent is not empty: an empty class claims volumes that somebody else has laid out.
          expression: `!has(object.spec.storageClassName) || object.spec.storageClassName in ${celList(storageClasses)}`,
          message: `a claim has a storage class that host.storageClasses names: ${storageClasses.join(', ') || 'none'}`,
        },
        {
          expression: 'object.spec.?volumeName.orValue("") == ""',
          message: "a claim names no volume: it might be another tenant's",
        },
        {
          expression: 'object.spec.?dataSourceRef.?namespace.orValue("") == ""',
          message: 'a claim is filled from its own namespace only',
        },
      ],
    });
    new AdmissionPolicy(this, 'tenant', {
      name: 'tenantry-tenant-claims',
      resources,
      operations: ['UPDATE', 'DELETE'],
      conditions: [BY_TENANT],
      validations: [
        {
          expression:
            'request.operation == "DELETE" || object.spec.?volumeName == oldObject.spec.?volumeName',
          message: "the host binds claims: a tenant's account writes no volumeName",
        },
        {
          expression: `oldObject.metadata.name != "${CLAIM_PREFIX}" + ${VCLUSTER} + "${CLAIM_SUFFIX}"`,
          message: "the claim of a control plane is the operator's",
        },
      ],
    });
  }
}
