import { DEFAULT_CONTAINER, MANAGED_BY, MANAGED_BY_LABEL } from '@tenantry/tenants';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { containerResources } from './quantities.ts';

const NAME = 'tenantry-default-limits';
const LISTS = ['containers', 'initContainers'] as const;

/** CEL: whether container `c` requests more of a resource than its default limit, and states no limit. */
function isAbove(resource: string, limit: string): string {
  const requested = `c.?resources.?requests[?"${resource}"]`;
  const stated = `c.?resources.?limits[?"${resource}"]`;
  return `(${requested}.hasValue() && !${stated}.hasValue() && quantity(${requested}.orValue("0")).isGreaterThan(quantity("${limit}")))`;
}

/** CEL: the limit is what is requested. */
function mutation(list: (typeof LISTS)[number], resource: string, limit: string): string {
  return `Object{spec: Object.spec{${list}: object.spec.?${list}.orValue([]).filter(c, ${isAbove(resource, limit)}).map(c, Object.spec.${list}{name: c.name, resources: Object.spec.${list}.resources{limits: {"${resource}": c.resources.requests["${resource}"]}}})}}`;
}

/**
 * In the tenant's cluster: who requests more than the default limit and states none, as most Helm
 * charts do, gets as limit what is requested. The LimitRange on the host would make the pod invalid.
 */
export class DefaultLimits extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const apiVersion = 'admissionregistration.k8s.io/v1';
    const metadata = { name: NAME, labels: { [MANAGED_BY_LABEL]: MANAGED_BY } };
    const limits = Object.entries(containerResources(DEFAULT_CONTAINER).limits);
    const above = limits.map(([resource, limit]) => isAbove(resource, limit)).join(' || ');

    new ApiObject(this, 'policy', {
      apiVersion,
      kind: 'MutatingAdmissionPolicy',
      metadata,
      spec: {
        // Without it the pod would be what it is without the policy.
        failurePolicy: 'Ignore',
        reinvocationPolicy: 'Never',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
          ],
        },
        matchConditions: [
          {
            name: 'requests-more',
            expression: LISTS.map(
              (list) => `object.spec.?${list}.orValue([]).exists(c, ${above})`,
            ).join(' || '),
          },
        ],
        mutations: LISTS.flatMap((list) =>
          limits.map(([resource, limit]) => ({
            patchType: 'ApplyConfiguration',
            applyConfiguration: { expression: mutation(list, resource, limit) },
          })),
        ),
      },
    });
    new ApiObject(this, 'binding', {
      apiVersion,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: NAME },
    });
  }
}
