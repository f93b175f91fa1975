import { createHash } from 'node:crypto';
import { ApiObject, Chart, Duration, JsonPatch } from 'cdk8s';
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
import type { Construct } from 'constructs';
import { kubeResources } from './kube-resources.ts';
import { APP_RESOURCES, workload, type WorkloadProps } from './workload.ts';

/** The user of the service's image. */
const USER = 65532;

/** Where the service reads its tenant's name: ConfigMap and environment variable. */
const CONFIG_KEY = 'TENANT_ID';

/** The objects in a tenant's cluster: ConfigMap, Deployment and Service. */
export class WorkloadChart extends Chart {
  constructor(scope: Construct, id: string, { tenant, images }: WorkloadProps) {
    const { namespace, name, port, targetPort } = workload.service;
    super(scope, id, { namespace, disableResourceNameHashes: true });
    const labels = { app: 'simple-app' };

    const config = new ConfigMap(this, 'config', {
      metadata: { name: 'tenant-id' },
      data: { [CONFIG_KEY]: tenant.name },
    });

    const deployment = new Deployment(this, 'app', {
      metadata: { name: 'simple-app', labels },
      // The environment is read at start: a new name must restart the pod.
      podMetadata: { labels, annotations: { 'tenantry.dev/config-checksum': sha256(tenant.name) } },
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
      image: images.whoami,
      // The library's default asks the registry at every start, which a loaded image has none of.
      imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
      portNumber: targetPort,
      envVariables: {
        [CONFIG_KEY]: EnvValue.fromConfigMap(config as IConfigMap, CONFIG_KEY),
      },
      readiness: Probe.fromHttpGet('/readyz', {
        port: targetPort,
        periodSeconds: Duration.seconds(2),
      }),
      liveness: Probe.fromHttpGet('/livez', {
        port: targetPort,
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
    // The library has no property for the first two (Pod Security `restricted` wants the profile),
    // and labels every pod with its construct's address, which nothing selects by.
    ApiObject.of(deployment).addJsonPatch(
      JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', {
        type: 'RuntimeDefault',
      }),
      JsonPatch.add('/spec/template/spec/enableServiceLinks', false),
      // Of the node's disk the library counts whole gibibytes only.
      JsonPatch.add('/spec/template/spec/containers/0/resources', kubeResources(APP_RESOURCES)),
      JsonPatch.remove('/spec/template/metadata/labels/cdk8s.io~1metadata.addr'),
    );

    const service = new Service(this, 'service', {
      metadata: { name },
      type: ServiceType.NODE_PORT,
      ports: [{ port, targetPort }],
    });
    // Given the deployment, the library would select by the label that was removed above.
    for (const [key, value] of Object.entries(labels)) service.selectLabel(key, value);
    if (tenant.nodePort === 'closed') {
      // Otherwise a node that passes a client on puts its own address in the client's place, which
      // many network policies trust.
      ApiObject.of(service).addJsonPatch(JsonPatch.add('/spec/externalTrafficPolicy', 'Local'));
    }
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
