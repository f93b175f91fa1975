import { TENANT_ACCOUNTS } from '@tenantry/tenants';
import { Construct } from 'constructs';
import { AdmissionPolicy } from './admission-policy.ts';

/** Volumes lie in no namespace; a tenant's accounts lay out none, whatever rights they are given. */
export class VolumePolicy extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, 'policy', {
      name: 'tenantry-volumes',
      resource: { group: '', plural: 'persistentvolumes' },
      condition: {
        name: 'by-a-tenant',
        expression: `request.userInfo.username.startsWith(${JSON.stringify(TENANT_ACCOUNTS)})`,
      },
      validations: [{ expression: 'false', message: 'a tenant lays out no PersistentVolumes' }],
    });
  }
}
