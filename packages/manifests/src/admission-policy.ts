import { MANAGED_BY, MANAGED_BY_LABEL } from '@tenantry/tenants';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';

/** What must hold of an object, and what its author is told where it does not. */
export interface Validation {
  /** CEL over `object`, `request` and `namespaceObject`. */
  readonly expression: string;
  readonly message: string;
}

export interface AdmissionPolicyProps {
  /** Name of the policy and of its binding. */
  readonly name: string;
  readonly resource: { readonly group: string; readonly plural: string };
  /** @default CREATE and UPDATE */
  readonly operations?: readonly ('CREATE' | 'UPDATE')[];
  /** CEL; the policy speaks only of requests of which it holds. @default all */
  readonly condition?: { readonly name: string; readonly expression: string };
  readonly validations: readonly Validation[];
}

/**
 * A ValidatingAdmissionPolicy for the tenants' namespaces on the host, with its binding. Namespaces
 * that are not ours it leaves alone; of objects in no namespace it speaks everywhere.
 */
export class AdmissionPolicy extends Construct {
  constructor(scope: Construct, id: string, props: AdmissionPolicyProps) {
    super(scope, id);
    const { name, resource, operations = ['CREATE', 'UPDATE'], condition, validations } = props;
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
          namespaceSelector: { matchLabels: labels },
          resourceRules: [
            {
              apiGroups: [resource.group],
              apiVersions: ['*'],
              operations: [...operations],
              resources: [resource.plural],
            },
          ],
        },
        ...(condition === undefined ? {} : { matchConditions: [condition] }),
        validations: validations.map(({ expression, message }) => ({
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

/** A CEL list of strings. */
export function celList(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;
}
