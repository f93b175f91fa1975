import { FORMER_INVENTORY_NAME, MAX_OBJECT_BYTES } from '@tenantry/tenants';
import { Construct } from 'constructs';
import { AdmissionPolicy, BY_TENANT, celList, type Validation } from './admission-policy.ts';
import { VCLUSTER } from './tenant-request.ts';

/** CEL: the object's name, also of one that is deleted. */
const NAME = '(request.operation == "DELETE" ? oldObject.metadata.name : object.metadata.name)';

const bytes = (field: string) =>
  `(has(object.${field}) ? object.${field}.map(k, size(object.${field}[k]) + size(k)).sum() : 0)`;

/** The host's etcd is shared, and each update of an object is a copy of it. */
const size = (...fields: readonly string[]): Validation => ({
  expression: `request.operation == "DELETE" || ${fields.map(bytes).join(' + ')} <= ${MAX_OBJECT_BYTES}`,
  message: `a ConfigMap or Secret of a tenant that comes to the host has at most ${MAX_OBJECT_BYTES / 1024} KiB`,
});

/** What a tenant's accounts write into ConfigMaps and Secrets, and which of them are not theirs. */
export class RecordPolicy extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const operations = ['CREATE', 'UPDATE', 'DELETE'] as const;
    new AdmissionPolicy(this, 'configmaps', {
      name: 'tenantry-configmaps',
      resources: { group: '', plurals: ['configmaps'] },
      operations,
      conditions: [BY_TENANT],
      validations: [
        {
          expression: `!(${NAME} in ${celList([FORMER_INVENTORY_NAME, 'kube-root-ca.crt'])})`,
          message: "this ConfigMap is the operator's or the host's own",
        },
        size('data', 'binaryData'),
      ],
    });
    new AdmissionPolicy(this, 'secrets', {
      name: 'tenantry-secrets',
      resources: { group: '', plurals: ['secrets'] },
      operations,
      conditions: [BY_TENANT],
      validations: [
        {
          expression: `!${NAME}.startsWith("sh.helm.release.")`,
          message: "the records of the Helm release are the operator's",
        },
        {
          // A control plane notes its kind of store in an annotation of it at its first start.
          expression: `${NAME} != "vc-config-" + ${VCLUSTER} || (request.operation == "UPDATE" && object.?data == oldObject.?data)`,
          message: "the control plane's values are the operator's",
        },
        {
          expression:
            'request.operation == "DELETE" || !(object.?type.orValue("") in ["kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token", "helm.sh/release.v1"])',
          message: 'a Secret of a tenant is no token of the host and no record of Helm',
        },
        size('data'),
      ],
    });
  }
}
