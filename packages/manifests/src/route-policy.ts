import { HOSTNAMES_ANNOTATION, PAUSE_PAGE, SYSTEM_NAMESPACE } from '@tenantry/tenants';
import { Construct } from 'constructs';
import { AdmissionPolicy, celList, type Condition, STAYS } from './admission-policy.ts';

/** CEL: the names that dist/ gives to the tenant whose namespace this is. */
const OWN_NAMES = `namespaceObject.metadata.?annotations[?${JSON.stringify(HOSTNAMES_ANNOTATION)}].orValue("").split(",")`;

const IS_HOME = 'b.?namespace.orValue(request.namespace) == request.namespace';

const IS_PAUSE_PAGE = `(b.?namespace.orValue("") == ${JSON.stringify(SYSTEM_NAMESPACE)} && b.name == ${JSON.stringify(PAUSE_PAGE)})`;

/** The filters that send no request anywhere themselves: not RequestMirror, not ExternalAuth. */
const FILTERS = [
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestRedirect',
  'URLRewrite',
  'CORS',
  'ExtensionRef',
] as const;

/**
 * Nothing comes of a dry run, by which a plan asks what would become of a route whose names its
 * namespace is given just before it.
 */
const IS_STORED: Condition = {
  name: 'is-stored',
  expression: '!request.?dryRun.orValue(false)',
};

const staysHome = (holder: string) =>
  `${holder}.?filters.orValue([]).all(f, f.type in ${celList(FILTERS)})`;

/**
 * Which names the routes in a tenant's namespace have, whoever writes them, and where they lead: which
 * of two routes with one name wins is up to the Gateway.
 */
export class RoutePolicy extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, 'policy', {
      name: 'tenantry-routes',
      resources: {
        group: 'gateway.networking.k8s.io',
        plurals: ['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes', 'udproutes'],
      },
      conditions: [STAYS, IS_STORED],
      validations: [
        {
          // Without a name a route has all of its Gateway's.
          expression: `size(object.spec.?hostnames.orValue([])) > 0 && object.spec.?hostnames.orValue([]).all(h, h in ${OWN_NAMES})`,
          message: "a route in a tenant's namespace has that tenant's own names and no other",
        },
        {
          expression: `object.spec.?rules.orValue([]).all(r, ${staysHome('r')} && r.?backendRefs.orValue([]).all(b, (${IS_HOME} || ${IS_PAUSE_PAGE}) && ${staysHome('b')}))`,
          message: "a route in a tenant's namespace leads to that namespace and no other",
        },
      ],
    });
  }
}
