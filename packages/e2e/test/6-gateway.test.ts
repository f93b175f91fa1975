import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { workload } from '@tenantry/workload';
import {
  applyIn,
  askByName,
  askSteadily,
  askUntil,
  CHECK_PATH,
  deploymentOf,
  GATEWAY_HOST,
  type GatewayAddress,
  host,
  hostApply,
  hostObjects,
  installGateway,
  pnpm,
  pnpmOk,
  referenceTenants,
  syncedService,
  tenant,
  timed,
  withHostApi,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(10 * 60_000);

const { domain, gateway } = GATEWAY_HOST;
const ALICE = `alice.${domain}`;
const BOB = `bob.${domain}`;
const SHOP = 'shop.alice.example';
const ROUTES = 'httproutes.gateway.networking.k8s.io';
const NAMESPACE = 'vcluster-tenant-alice';
const SERVICE = syncedService('alice');
/** An account of Alice's namespace to which somebody has given every right. */
const MIGHTY = `system:serviceaccount:${NAMESPACE}:mighty`;
const SYNCER = `system:serviceaccount:${NAMESPACE}:vc-tenant-alice`;
const RIGHTS = 'tenantry-e2e-gateway';

const greeting = (name: string) => ({ status: 200, body: `Hello there TenantID ✋ ${name}` });
let reached: GatewayAddress;
const ask = (name: string) => askByName(reached, name, CHECK_PATH);
const settled = (name: string, status: number) => askUntil(reached, name, CHECK_PATH, status);

beforeAll(async () => {
  reached = await timed('a Gateway', () => installGateway([SHOP]));
  const file = referenceTenants() as { tenants: readonly { id: string }[] };
  writeTenants({
    ...file,
    host: GATEWAY_HOST,
    tenants: file.tenants.map((each) =>
      each.id === 'alice' ? { ...each, hostnames: [SHOP] } : each,
    ),
  });
  await pnpmOk(['synth']);
  await timed('deploy of two routes', () => pnpmOk(['deploy']));
  // Where nothing of Traefik is compiled yet.
}, 40 * 60_000);

afterAll(async () => {
  await host(['delete', 'clusterrolebinding', RIGHTS, '--ignore-not-found']);
  await host(['delete', ROUTES, 'steal', '-n', 'default', '--ignore-not-found']);
});

/** A route for a name to a Service of a namespace. */
function routeFor(hostname: string, namespace: string, backend: object = {}) {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'steal', namespace },
    spec: {
      parentRefs: [gateway],
      hostnames: [hostname],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: CHECK_PATH } }],
          backendRefs: [{ name: SERVICE, port: workload.service.port, ...backend }],
        },
      ],
    },
  };
}

test('Alice and Bob are reached by their names, through one port, over TLS', async () => {
  expect(await settled(ALICE, 200)).toEqual(greeting('Alice'));
  expect(await settled(SHOP, 200)).toEqual(greeting('Alice'));
  expect(await settled(BOB, 200)).toEqual(greeting('Bob'));
  expect((await ask(`carol.${domain}`)).status).toBe(404);
});

test('status says where, and a second deploy has nothing to do', async () => {
  const { stdout } = await pnpmOk(['status']);
  expect(stdout).toContain(`${ALICE} ${SHOP}`);
  await pnpmOk(['plan', '--exit-code']);
  expect((await pnpmOk(['deploy'])).stdout).toContain('nothing changed: 2 of 2');
});

describe('Bob’s name stays Bob’s', () => {
  test('whatever Alice makes in her own cluster', async () => {
    const found = JSON.parse(await host(['get', 'crd', ROUTES, '-o', 'json'])) as {
      readonly metadata: { readonly annotations: object };
    };
    // Without its approval an API server takes no definition in this group.
    const { annotations } = found.metadata;
    const definition = { ...found, metadata: { name: ROUTES, annotations }, status: undefined };
    await tenant('alice', ['apply', '--server-side', '-f', '-'], JSON.stringify(definition));
    await tenant('alice', ['wait', `crd/${ROUTES}`, '--for=condition=Established']);
    const ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'steal', namespace: 'default' },
      spec: {
        rules: [
          {
            host: BOB,
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: {
                    service: {
                      name: workload.service.name,
                      port: { number: workload.service.port },
                    },
                  },
                },
              ],
            },
          },
        ],
      },
    };
    const external = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'way-out', namespace: 'default' },
      spec: {
        type: 'ExternalName',
        externalName: `${syncedService('bob')}.vcluster-tenant-bob.svc`,
      },
    };
    try {
      await applyIn('alice', [ingress, routeFor(BOB, 'default', { name: workload.service.name })]);
      // vcluster makes a Service on the host first, and gives the refusal on.
      await expect(applyIn('alice', [external])).rejects.toThrow(
        "ValidatingAdmissionPolicy 'tenantry-services'",
      );
      await sleep(3000);
      expect(await ask(BOB)).toEqual(greeting('Bob'));
      const names = async (kind: string) =>
        (await hostObjects([kind, '-n', NAMESPACE])).map(({ metadata }) => metadata.name);
      expect(await names('ingresses')).toEqual([]);
      expect(await names(ROUTES)).toEqual(['tenant-alice']);
      expect(await names('services')).not.toContain('way-out-x-default-x-tenant-alice');
    } finally {
      await tenant('alice', ['delete', 'ingress/steal', 'service/way-out', '--ignore-not-found']);
      await tenant('alice', ['delete', 'crd', ROUTES]);
    }
  });

  test('whatever her syncer tries on the host, also with every right there', async () => {
    await hostApply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: RIGHTS },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: MIGHTY }],
    });
    const service = (change: object, spec: object = {}) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'steal', namespace: NAMESPACE, ...change },
      spec: { ports: [{ port: 80 }], ...spec },
    });
    const routes = (namespace: string) =>
      `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`;
    const services = `/api/v1/namespaces/${NAMESPACE}/services`;
    const attempts = [
      [routes(NAMESPACE), routeFor(BOB, NAMESPACE), 'tenantry-accounts'],
      [
        routes('vcluster-tenant-bob'),
        routeFor(BOB, 'vcluster-tenant-bob', { namespace: NAMESPACE }),
        'tenantry-accounts',
      ],
      [
        services,
        service({}, { type: 'ExternalName', externalName: 'kubernetes.default.svc' }),
        'tenantry-services',
      ],
      [
        services,
        service({ annotations: { 'traefik.io/service.nativelb': 'true' } }),
        'tenantry-metadata',
      ],
    ] as const;
    await withHostApi(async (send) => {
      for (const [path, body, policy] of attempts) {
        const request = { method: 'POST', path: `${path}?dryRun=All`, body } as const;
        const asSyncer = await send(request, SYNCER);
        const asMighty = await send(request, MIGHTY);
        expect([path, asSyncer.status, asMighty.status, asMighty.message]).toEqual([
          path,
          403,
          403,
          expect.stringContaining(`'${policy}'`),
        ]);
      }
    });
  });

  test('whoever writes a route with it into Alice’s namespace, or one that leads out of it', async () => {
    await expect(hostApply(routeFor(BOB, NAMESPACE))).rejects.toThrow(
      "has that tenant's own names and no other",
    );
    const { hostnames: _, ...nameless } = routeFor(BOB, NAMESPACE).spec;
    await expect(hostApply({ ...routeFor(BOB, NAMESPACE), spec: nameless })).rejects.toThrow(
      "has that tenant's own names and no other",
    );
    const out = routeFor(ALICE, NAMESPACE, { namespace: 'vcluster-tenant-bob' });
    await expect(hostApply(out)).rejects.toThrow('leads to that namespace and no other');
    const mirror = {
      type: 'RequestMirror',
      requestMirror: { backendRef: { name: 'x', namespace: 'vcluster-tenant-bob', port: 80 } },
    };
    const [rule] = routeFor(ALICE, NAMESPACE).spec.rules;
    const mirrored = {
      ...routeFor(ALICE, NAMESPACE).spec,
      rules: [{ ...rule, filters: [mirror] }],
    };
    await expect(hostApply({ ...routeFor(ALICE, NAMESPACE), spec: mirrored })).rejects.toThrow(
      'leads to that namespace and no other',
    );
  });

  test('and a route in no tenant’s namespace is not taken by the Gateway', async () => {
    await hostApply(routeFor(BOB, 'default', { namespace: NAMESPACE }));
    const refused =
      '--for=jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=False';
    await host(['wait', ROUTES, 'steal', '-n', 'default', refused, '--timeout=30s']);
    expect(await ask(BOB)).toEqual(greeting('Bob'));
  });
});

test('no request is lost while Alice’s service, and then the Gateway, is rolled out anew', async () => {
  const clients = [
    askSteadily(() => ask(ALICE), greeting('Alice').body),
    askSteadily(() => ask(BOB), greeting('Bob').body),
  ];
  const status = ['rollout', 'status', '--timeout=120s'];
  await tenant('alice', ['rollout', 'restart', `deployment/${deploymentOf('alice')}`]);
  await tenant('alice', [...status, `deployment/${deploymentOf('alice')}`]);
  await host(['rollout', 'restart', 'deployment/traefik', '-n', gateway.namespace]);
  await host([...status, 'deployment/traefik', '-n', gateway.namespace]);
  // The old one goes on for a while.
  await sleep(15_000);
  const seen = await Promise.all(clients.map((client) => client.stop()));
  expect(seen.flatMap(({ failures }) => failures)).toEqual([]);
  const requests = seen.reduce((sum, each) => sum + each.requests, 0);
  process.stderr.write(`rollouts of a tenant and of the Gateway: ${requests} requests, 0 failed\n`);
  expect(requests).toBeGreaterThan(200);
});

describe('a paused tenant', () => {
  test('answers with a page that says so, and Bob as before', async () => {
    await pnpmOk(['pause', 'alice']);
    // Until the Gateway goes by the new route, there is nobody behind the old one.
    await sleep(3000);
    for (const name of [ALICE, SHOP]) {
      expect(await settled(name, 503)).toEqual({
        status: 503,
        body: expect.stringContaining('This service is paused'),
      });
    }
    expect(await ask(BOB)).toEqual(greeting('Bob'));
    expect((await pnpm(['status'])).exitCode).toBe(0);
  });

  test('answers itself once it is resumed', async () => {
    await timed('resume with a route', () => pnpmOk(['resume', 'alice']));
    expect(await settled(ALICE, 200)).toEqual(greeting('Alice'));
  });
});

test('without a Gateway in tenants.json all of it goes', async () => {
  writeTenants(referenceTenants());
  await pnpmOk(['synth']);
  await pnpmOk(['deploy']);
  expect((await settled(ALICE, 404)).status).toBe(404);
  const left = await hostObjects([
    `${ROUTES},referencegrants.gateway.networking.k8s.io,networkpolicies,deployments,services`,
    '--all-namespaces',
    '-l',
    'app.kubernetes.io/managed-by=tenantry',
  ]);
  const names = left.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  expect(names.filter((name) => /Route|Grant|gateway|pause-page/.test(name))).toEqual([]);
  await pnpmOk(['plan', '--exit-code']);
});
