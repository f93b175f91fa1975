import { NODE_PORT_LABEL } from '@tenantry/tenants';
import { Construct } from 'constructs';
import { AdmissionPolicy } from './admission-policy.ts';

const IS_OPEN = `namespaceObject.metadata.labels[?${JSON.stringify(NODE_PORT_LABEL)}].orValue("") == "open"`;

/** How a tenant's Services may be reached. */
export class ServicePolicy extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, 'policy', {
      name: 'tenantry-services',
      resource: { group: '', plural: 'services' },
      validations: [
        {
          // Whoever names an address gets the traffic that the whole host sends there.
          expression: 'size(object.spec.?externalIPs.orValue([])) == 0',
          message: 'a Service of a tenant has no externalIPs',
        },
        {
          expression: 'object.spec.?type.orValue("") != "LoadBalancer"',
          message: 'a Service of a tenant is no LoadBalancer',
        },
        {
          // Otherwise a node that passes a client on puts its own address in the client's place.
          expression: `object.spec.?type.orValue("") != "NodePort" || ${IS_OPEN} || object.spec.?externalTrafficPolicy.orValue("") == "Local"`,
          message:
            'a NodePort Service has externalTrafficPolicy: Local, unless the plan says "nodePort": "open"',
        },
      ],
    });
  }
}
