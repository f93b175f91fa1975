import { Construct } from 'constructs';
import { AdmissionPolicy, celList } from './admission-policy.ts';

export interface ClaimPolicyProps {
  /** The storage classes that may be claimed; a claim without one has the default class by now. */
  readonly storageClasses: readonly string[];
}

/** Which volumes a tenant and its control plane may claim. */
export class ClaimPolicy extends Construct {
  constructor(scope: Construct, id: string, { storageClasses }: ClaimPolicyProps) {
    super(scope, id);
    new AdmissionPolicy(this, 'policy', {
      name: 'tenantry-claims',
      resource: { group: '', plural: 'persistentvolumeclaims' },
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
      ],
    });
  }
}
