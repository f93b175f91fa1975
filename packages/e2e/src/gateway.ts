import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { host, hostApply, pnpmOk } from './tenantry.ts';

/** What a tenants.json says of the Gateway that `installGateway` makes. */
export const GATEWAY_HOST = {
  context: 'kind-tenantry',
  gateway: { namespace: 'gateway', name: 'public' },
  domain: 'tenants.example.test',
} as const;

/** Where a Gateway is reached from this machine, and who vouches for it. */
export interface GatewayAddress {
  readonly address: string;
  readonly port: number;
  readonly certificate: string;
}

/** Gives the host cluster a Gateway with a certificate for all tenants' names, and for some others. */
export async function installGateway(
  names: readonly string[] = [],
  { gateway, domain } = GATEWAY_HOST,
): Promise<GatewayAddress> {
  const { namespace, name } = gateway;
  await pnpmOk(['cluster', '--gateway']);
  const { certificate, key } = await selfSigned([`*.${domain}`, ...names]);
  await hostApply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'tenants', namespace },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': certificate, 'tls.key': key },
  });
  await hostApply({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace },
    spec: {
      gatewayClassName: 'traefik',
      listeners: [
        {
          name: 'https',
          protocol: 'HTTPS',
          port: 8443,
          tls: { mode: 'Terminate', certificateRefs: [{ name: 'tenants' }] },
          allowedRoutes: {
            namespaces: {
              from: 'Selector',
              selector: { matchExpressions: [{ key: 'tenantry.dev/tenant', operator: 'Exists' }] },
            },
          },
        },
      ],
    },
  });
  const programmed = ['--for=condition=Programmed', '--timeout=60s'];
  await host(['wait', '-n', namespace, `gateway/${name}`, ...programmed]);
  const address = await host([
    'get',
    'nodes',
    '-o',
    'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}',
  ]);
  const service = ['get', 'service/traefik', '-n', namespace];
  const port = await host([...service, '-o', 'jsonpath={.spec.ports[0].nodePort}']);
  return { address, port: Number(port), certificate };
}

/** A certificate that vouches for itself. */
async function selfSigned(
  names: readonly string[],
): Promise<{ readonly certificate: string; readonly key: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'tenantry-e2e-certificate-'));
  const certificate = join(directory, 'tls.crt');
  const key = join(directory, 'tls.key');
  const subject = `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`;
  const form =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=tenantry-e2e';
  try {
    const files = ['-out', certificate, '-keyout', key];
    await execa('openssl', [...form.split(' '), ...files, '-addext', subject]);
    return {
      certificate: await readFile(certificate, 'utf8'),
      key: await readFile(key, 'utf8'),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

const SETTLE_MILLISECONDS = 120_000;
const PAUSE_MILLISECONDS = 300;

/**
 * GETs a path of a name until the answer has that status, and gives up after a while: a Gateway says
 * of a route that it has taken it some seconds before it goes by it.
 */
export async function askUntil(
  reached: GatewayAddress,
  name: string,
  path: string,
  status: number,
): Promise<{ readonly status: number; readonly body: string }> {
  const deadline = Date.now() + SETTLE_MILLISECONDS;
  for (;;) {
    const answer = await askByName(reached, name, path);
    if (answer.status === status || Date.now() > deadline) return answer;
    await sleep(PAUSE_MILLISECONDS);
  }
}

const REQUEST_TIMEOUT_MILLISECONDS = 10_000;

/** Asks a name for a path through a Gateway, by a connection of its own, over TLS that is checked. */
export function askByName(
  { address, port, certificate }: GatewayAddress,
  name: string,
  path: string,
  method: 'GET' | 'POST' = 'GET',
): Promise<{ readonly status: number; readonly body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const asked = request(
    {
      host: address,
      port,
      path,
      method,
      servername: name,
      headers: { host: name },
      ca: certificate,
      agent: false,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS),
    },
    (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    },
  );
  asked.once('error', reject);
  asked.end();
  return promise;
}
