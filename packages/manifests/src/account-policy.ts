import { Construct } from 'constructs';
import { AdmissionPolicy, BY_TENANT, celList } from './admission-policy.ts';

/** All that a syncer writes on the host, `<group>/<plural>`; reads are no matter of admission. */
const WRITTEN = [
  '/pods',
  '/pods/status',
  '/pods/ephemeralcontainers',
  '/pods/resize',
  '/pods/exec',
  '/pods/attach',
  '/pods/portforward',
  '/services',
  '/configmaps',
  '/secrets',
  '/persistentvolumeclaims',
  // Questions about oneself, which are asked by a write that stores nothing.
  'authentication.k8s.io/selfsubjectreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
] as const;

const SELF = WRITTEN.filter((kind) => !kind.startsWith('/'));

const KIND =
  'request.resource.group + "/" + request.resource.resource + (request.?subResource.orValue("") == "" ? "" : "/" + request.subResource)';

/**
 * Where the accounts in tenants' namespaces write, and what: whatever rights somebody gives them, no
 * workload that the host's controllers run, no endpoint, no object without a namespace.
 */
export class AccountPolicy extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, 'policy', {
      name: 'tenantry-accounts',
      resources: { group: '*', plurals: ['*/*'] },
      operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'],
      scope: 'cluster',
      conditions: [BY_TENANT],
      validations: [
        {
          expression: `(${KIND}) in ${celList(WRITTEN)}`,
          message:
            "an account of a tenant's namespace writes only what a syncer brings to the host: pods, Services, ConfigMaps, Secrets, claims",
        },
        {
          expression: `request.?namespace.orValue("") == request.userInfo.username.split(":")[2] || (${KIND}) in ${celList(SELF)}`,
          message: "an account of a tenant's namespace writes in that namespace only",
        },
      ],
    });
  }
}
