import { NODE_PORT_LABEL } from '@tenantry/tenants';
import { Construct } from 'constructs';
import { AdmissionPolicy, BY_TENANT } from './admission-policy.ts';
import { VCLUSTER } from './tenant-request.ts';

const IS_OPEN = `namespaceObject.metadata.labels[?${JSON.stringify(NODE_PORT_LABEL)}].orValue("") == "open"`;

/** How a tenant's Services may be reached, and which of them are its control plane's. */
export class ServicePolicy extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, 'policy', {
      name: 'tenantry-services',
      resources: { group: '', plurals: ['services'] },
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
          // A gateway of the host that dials Services by name would dial another tenant's.
          expression:
            'object.spec.?type.orValue("") != "ExternalName" && object.spec.?externalName.orValue("") == ""',
          message: 'a Service of a tenant leads to its own pods: it is no ExternalName',
        },
        {
          // Otherwise a node that passes a client on puts its own address in the client's place.
          expression: `object.spec.?type.orValue("") != "NodePort" || ${IS_OPEN} || object.spec.?externalTrafficPolicy.orValue("") == "Local"`,
          message:
            'a NodePort Service has externalTrafficPolicy: Local, unless the plan says "nodePort": "open"',
        },
      ],
    });
    new AdmissionPolicy(this, 'control-plane', {
      name: 'tenantry-control-plane-services',
      resources: { group: '', plurals: ['services'] },
      operations: ['UPDATE', 'DELETE'],
      conditions: [BY_TENANT],
      validations: [
        {
          // A control plane notes the host's address range in an annotation at its first start.
          expression: `!(oldObject.metadata.name in [${VCLUSTER}, ${VCLUSTER} + "-headless"]) || (request.operation == "UPDATE" && object.spec == oldObject.spec)`,
          message: "where a tenant's API is found is the operator's",
        },
      ],
    });
  }
}
