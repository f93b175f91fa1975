import type { KubeObject } from '@tenantry/plan';
import { syncedName, vclusterName } from '@tenantry/tenants';

/** Everything that verify makes lies in this namespace, on the host and in every tenant. */
export const FIXTURE = 'tenantry-verify';

/** The claim on the host that is bound to nothing, in a tenant's namespace. */
export function fixtureClaim(id: string): string {
  return `${FIXTURE}-${id}`;
}

export const SECRET_KEY = 'value';

/** A reference to a Secret that a pod may not follow; the variable must stay empty. */
export interface ForeignSecret {
  readonly variable: string;
  /** The Secret's own name, which means another one where names are translated. */
  readonly name: string;
  readonly key: string;
}

/** Names of Secrets that a tenant could try: its control plane's on the host, and another tenant's. */
export function foreignSecrets(id: string, others: readonly string[]): readonly ForeignSecret[] {
  return [
    { variable: 'HOST_SECRET', name: `vc-${vclusterName(id)}`, key: 'config' },
    ...others.map((other, index) => ({
      variable: `OTHER_SECRET_${index}`,
      name: syncedName(FIXTURE, FIXTURE, other),
      key: SECRET_KEY,
    })),
  ];
}

export function fixtureNamespace(labels: Readonly<Record<string, string>> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: FIXTURE, labels } };
}

export function fixtureAccount(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: FIXTURE, namespace: FIXTURE },
  };
}

export function fixtureSecret(value: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: FIXTURE, namespace: FIXTURE },
    stringData: { [SECRET_KEY]: value },
  };
}

export interface ProbePodProps {
  readonly image: string;
  readonly name?: string;
  readonly foreign?: readonly ForeignSecret[];
  /** Mount a token of the pod's ServiceAccount. @default true */
  readonly token?: boolean;
}

/** Where a probe pod listens, on TCP and UDP. */
export const PROBE_PORT = 18_643;

/**
 * Waits, and ends at once when told to; what is tried is run in it with `kubectl exec`. It answers
 * on every address that it has: a datagram with the same datagram, a request over HTTP with nothing.
 */
const LISTEN = [
  "process.on('SIGTERM', () => process.exit(0))",
  `require('node:http').createServer((_, answer) => answer.end()).listen(${PROBE_PORT})`,
  `for (const type of ['udp4', 'udp6']) {
    const socket = require('node:dgram').createSocket({ type, ipv6Only: type === 'udp6' });
    socket.on('error', () => {}).on('message', (text, { port, address }) => socket.send(text, port, address));
    socket.bind(${PROBE_PORT});
  }`,
].join(';');

/** The user of verify's own image. */
const USER = 65532;

/** The pod that tries, within what Pod Security `restricted` admits. */
export function probePod({
  image,
  name = FIXTURE,
  foreign = [],
  token = true,
}: ProbePodProps): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: FIXTURE, labels: { app: FIXTURE } },
    spec: {
      serviceAccountName: FIXTURE,
      automountServiceAccountToken: token,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'probe',
          image,
          imagePullPolicy: 'IfNotPresent',
          args: ['-e', LISTEN],
          env: [
            {
              name: 'OWN_SECRET',
              valueFrom: { secretKeyRef: { name: FIXTURE, key: SECRET_KEY } },
            },
            ...foreign.map(({ variable, name: secret, key }) => ({
              name: variable,
              valueFrom: { secretKeyRef: { name: secret, key, optional: true } },
            })),
          ],
          // The share that a plan's quota keeps for it.
          resources: {
            requests: { cpu: '10m', memory: '48Mi' },
            limits: { cpu: '250m', memory: '128Mi' },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
}

/** A Service without a selector and a probe pod's address put behind it by hand. */
export function manualEndpoints(
  name: string,
  address: string,
  form: 'Endpoints' | 'EndpointSlice',
): readonly KubeObject[] {
  const metadata = { name, namespace: FIXTURE };
  const service: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ports: [{ port: PROBE_PORT }] },
  };
  const ports = [{ port: PROBE_PORT, protocol: 'TCP' }];
  if (form === 'Endpoints') {
    // An API server's proxy wants a pod of that address.
    const targetRef = { kind: 'Pod', namespace: FIXTURE, name: FIXTURE };
    const subsets = [{ addresses: [{ ip: address, targetRef }], ports }];
    return [service, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets }];
  }
  return [
    service,
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address] }],
      ports: [{ name: '', port: PROBE_PORT, protocol: 'TCP' }],
    },
  ];
}

/** What a tenant would write to be let out everywhere. */
export function openPolicy(): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: FIXTURE, namespace: FIXTURE },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] },
  };
}
