import { createHash } from 'node:crypto';
import { type NodePort, SERVICE, WHOAMI } from '@tenantry/tenants';
import { ApiObject, Duration, JsonPatch } from 'cdk8s';
import {
  type Capability,
  ConfigMap,
  Deployment,
  DeploymentStrategy,
  EnvValue,
  type IConfigMap,
  ImagePullPolicy,
  LabelSelector,
  PercentOrAbsolute,
  Probe,
  Service,
  ServiceType,
} from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { asQuantities, containerResources } from './quantities.ts';

/** The user of the service's image. */
const USER = 65532;

export interface WhoamiProps {
  /** What the greeting says. */
  readonly name: string;
  /** The image with its tag. */
  readonly image: string;
  /** Whether clients outside the cluster reach the service by its NodePort. */
  readonly nodePort: NodePort;
}

/** The service in a tenant's cluster: ConfigMap, Deployment and Service. */
export class Whoami extends Construct {
  constructor(scope: Construct, id: string, props: WhoamiProps) {
    super(scope, id);
    const metadata = { namespace: SERVICE.namespace };
    const labels = { app: SERVICE.deployment };

    const config = new ConfigMap(this, 'config', {
      metadata: { ...metadata, name: SERVICE.configMap },
      data: { [SERVICE.configKey]: props.name },
    });

    const deployment = new Deployment(this, 'app', {
      metadata: { ...metadata, name: SERVICE.deployment, labels },
      // The environment is read at start: a new name must restart the pod.
      podMetadata: { labels, annotations: { 'tenantry.dev/config-checksum': sha256(props.name) } },
      replicas: 1,
      select: false,
      strategy: DeploymentStrategy.rollingUpdate({
        maxSurge: PercentOrAbsolute.absolute(1),
        maxUnavailable: PercentOrAbsolute.absolute(0),
      }),
      automountServiceAccountToken: false,
      terminationGracePeriod: Duration.seconds(15),
      securityContext: { ensureNonRoot: true, user: USER, group: USER, fsGroup: USER },
    });
    deployment.select(LabelSelector.of({ labels }));

    deployment.addContainer({
      name: 'whoami',
      image: props.image,
      // The library's default asks the registry at every start, which a loaded image has none of.
      imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
      portNumber: SERVICE.port,
      envVariables: {
        [SERVICE.configKey]: EnvValue.fromConfigMap(config as IConfigMap, SERVICE.configKey),
      },
      readiness: Probe.fromHttpGet('/readyz', {
        port: SERVICE.port,
        periodSeconds: Duration.seconds(2),
      }),
      liveness: Probe.fromHttpGet('/livez', {
        port: SERVICE.port,
        periodSeconds: Duration.seconds(10),
      }),
      securityContext: {
        ensureNonRoot: true,
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        privileged: false,
        user: USER,
        group: USER,
        // The library's list of capabilities stops short of the one that Pod Security asks for.
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
        capabilities: { drop: ['ALL' as Capability] },
      },
    });
    const { requests, limits } = containerResources(WHOAMI);
    // The library has no property for the first two (Pod Security `restricted` wants the profile),
    // and labels every pod with its construct's address, which nothing selects by.
    ApiObject.of(deployment).addJsonPatch(
      JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', {
        type: 'RuntimeDefault',
      }),
      JsonPatch.add('/spec/template/spec/enableServiceLinks', false),
      // Of the node's disk the library counts whole gibibytes only.
      JsonPatch.add('/spec/template/spec/containers/0/resources', {
        requests: asQuantities(requests),
        limits: asQuantities(limits),
      }),
      JsonPatch.remove('/spec/template/metadata/labels/cdk8s.io~1metadata.addr'),
    );

    const service = new Service(this, 'service', {
      metadata: { ...metadata, name: SERVICE.service },
      type: ServiceType.NODE_PORT,
      ports: [{ port: SERVICE.port, targetPort: SERVICE.port }],
    });
    // Given the deployment, the library would select by the label that was removed above.
    for (const [key, value] of Object.entries(labels)) service.selectLabel(key, value);
    if (props.nodePort === 'closed') {
      // Otherwise a node that passes a client on puts its own address in the client's place, which
      // many network policies trust.
      ApiObject.of(service).addJsonPatch(JsonPatch.add('/spec/externalTrafficPolicy', 'Local'));
    }
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
