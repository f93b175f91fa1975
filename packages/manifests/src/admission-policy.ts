import { MANAGED_BY, MANAGED_BY_LABEL, TENANT_ACCOUNTS } from '@tenantry/tenants';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What must hold of a request, and what its author is told where it does not. */
export interface Validation {
  /** CEL over `object`, `oldObject`, `request` and `namespaceObject`. */
  readonly expression: string;
  readonly message: string;
}

/** CEL; a policy is asked only about requests of which all of its conditions hold. */
export interface Condition {
  readonly name: string;
  readonly expression: string;
}

export interface AdmissionPolicyProps {
  /** Name of the policy and of its binding. */
  readonly name: string;
  /** Plurals, with their subresource behind a slash; `*` before and the slash as well are all. */
  readonly resources: { readonly group: string; readonly plurals: readonly string[] };
  /** @default CREATE and UPDATE */
  readonly operations?: readonly Operation[];
  /** @default every request */
  readonly conditions?: readonly Condition[];
  /** @default tenants: the namespaces that are ours, and objects in no namespace */
  readonly scope?: 'tenants' | 'cluster';
  readonly validations: readonly Validation[];
}

/** A ValidatingAdmissionPolicy of the host with its binding. */
export class AdmissionPolicy extends Construct {
  constructor(scope: Construct, id: string, props: AdmissionPolicyProps) {
    super(scope, id);
    const { name, resources, operations = ['CREATE', 'UPDATE'], conditions = [] } = props;
    const labels = { [MANAGED_BY_LABEL]: MANAGED_BY };
    const apiVersion = 'admissionregistration.k8s.io/v1';

    // The library's types are older than the API.
    new ApiObject(this, 'policy', {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name, labels },
      spec: {
        // What cannot be judged is refused.
        failurePolicy: 'Fail',
        matchConstraints: {
          ...(props.scope === 'cluster' ? {} : { namespaceSelector: { matchLabels: labels } }),
          resourceRules: [
            {
              apiGroups: [resources.group],
              apiVersions: ['*'],
              operations: [...operations],
              resources: [...resources.plurals],
            },
          ],
        },
        ...(conditions.length === 0 ? {} : { matchConditions: [...conditions] }),
        validations: props.validations.map(({ expression, message }) => ({
          expression,
          message,
          reason: 'Forbidden',
        })),
      },
    });
    new ApiObject(this, 'binding', {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name, labels },
      spec: { policyName: name, validationActions: ['Deny'] },
    });
  }
}

/** The request comes from an account in a tenant's namespace: the syncer's, or that of its pods. */
export const BY_TENANT: Condition = {
  name: 'by-a-tenant',
  expression: `request.userInfo.username.startsWith(${JSON.stringify(TENANT_ACCOUNTS)})`,
};

/** An object from before a policy must still be able to go: its finalizers are an update. */
export const STAYS: Condition = {
  name: 'stays',
  expression: '!has(object.metadata.deletionTimestamp)',
};

/** A CEL list of strings. */
export function celList(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;
}
