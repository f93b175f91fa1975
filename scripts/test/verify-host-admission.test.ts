import { describe, expect, test } from '@jest/globals';
import { probeOf } from '@tenantry/isolation';
import { answerOf, type Api, type ApiRequest } from '../lib/kube/api-client.ts';
import { tryForgedPodIps, tryNodesProxy, tryServicesProxy } from '../lib/verify/apiserver-proxy.ts';
import { outcomeOnHost } from '../lib/verify/host-admission.ts';
import type { TenantFixture } from '../lib/verify/probe-pod.ts';
import { outcomeInside } from '../lib/verify/virtual-admission.ts';

const probe = probeOf('hostile', 'alice', { name: 'host/x', attempt: 'x', expected: 'refused' });
const says = (status: number, message: string) => answerOf(status, JSON.stringify({ message }));
const NO_RIGHT = says(403, 'statefulsets is forbidden: User "s" cannot patch resource "x"');
const DENIED = says(403, "ValidatingAdmissionPolicy 'p' with binding 'p' denied request: no");

describe('what the host answers to a syncer', () => {
  test.each([
    ['admitted', says(201, ''), says(500, 'not asked'), false, 'allowed'],
    ['a policy’s refusal', DENIED, says(500, 'not asked'), false, 'refused'],
    ['no right, where the operator could', NO_RIGHT, says(200, ''), false, 'refused'],
    ['no right, where a policy holds the operator too', NO_RIGHT, DENIED, false, 'refused'],
    ['no right to something that makes no sense', NO_RIGHT, says(422, 'invalid'), false, null],
    ['no right to something that is not there', NO_RIGHT, says(404, 'not found'), false, null],
    ['a malformed object', says(422, 'invalid'), says(201, ''), false, null],
    ['a feature that the host lacks', says(422, 'invalid'), says(422, 'invalid'), true, 'refused'],
    ['a feature that the host has', says(422, 'invalid'), says(201, ''), true, null],
    [
      'a class that is not there',
      says(403, 'pod rejected: RuntimeClass "x" not found'),
      says(201, ''),
      false,
      null,
    ],
  ] as const)('%s', async (_, answer, operator, optional, seen) => {
    const outcome = await outcomeOnHost(probe, answer, () => Promise.resolve(operator), optional);
    expect(outcome.seen).toBe(seen);
  });
});

describe('a tenant’s own rules', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'tenantry-verify-x', namespace: 'tenantry-verify' },
  };
  const seen = (status: number, message: string) =>
    outcomeInside('id', says(status, message), object, 'alice').seen;
  const byPolicy = "ValidatingAdmissionPolicy 'tenantry-services' with binding 'b' denied request";
  const onHost = 'services "tenantry-verify-x-x-tenantry-verify-x-tenant-alice" is forbidden';

  test.each([
    [403, 'admission webhook "deny.alice.example" denied the request: no'],
    [500, 'failed calling webhook: admission webhook "x"'],
    [422, `services "tenantry-verify-x" is forbidden: ${byPolicy}: no`],
    [403, `services "tenantry-verify-x" is forbidden: ${byPolicy}: ${onHost}: ${byPolicy}`],
    [403, `admission webhook "x" denied the request: ${onHost}: ${byPolicy}`],
  ])('prove nothing by a refusal: %i %s', (status, message) => {
    expect(seen(status, message)).toBeNull();
  });

  test('are not what its cluster itself refuses', () => {
    const violation = 'pods "x" is forbidden: violates PodSecurity "restricted:latest"';
    expect(seen(403, violation)).toBe('refused');
  });

  test('are not what the host refuses its syncer, which is told at once', () => {
    expect(seen(403, `${onHost}: ${byPolicy}: no externalIPs`)).toBe('refused');
  });
});

describe('what was answered through a tenant’s API server', () => {
  const SECRET = 'bobs-password';
  const answers = (request: ApiRequest) =>
    request.path.includes('/proxy')
      ? answerOf(200, SECRET)
      : answerOf(200, JSON.stringify({ items: [{ metadata: { name: 'node' } }], status: {} }));
  const api: Api = { send: (request: ApiRequest) => Promise.resolve(answers(request)) };
  const fixture = { api, tenant: { id: 'alice' } } as unknown as TenantFixture;
  const endpoint = (id: string) => ({
    id,
    appPod: '10.0.0.1',
    appService: '10.0.0.2',
    nodePort: null,
    apiService: '10.0.0.3',
    apiPod: '10.0.0.4',
    dnsService: '10.0.0.5',
    probePod: { ipv4: '10.0.0.8', linkLocal: [], global: [], neighbours: [] },
  });
  const host = {
    apiService: '10.0.0.6',
    apiEndpoint: { host: '10.0.0.7', port: 6443 },
    node: '10.0.0.7',
    nodeIpv6: null,
    dnsService: null,
  };

  test('of a Service is refused where the server knows no pod of that address', async () => {
    const none = says(503, 'no endpoints available for service "proxy-bob:18643"');
    const wary: Api = {
      send: (request) =>
        Promise.resolve(request.path.includes('/proxy-bob:') ? none : answers(request)),
    };
    const results = await tryServicesProxy(
      { ...fixture, api: wary },
      endpoint('alice'),
      endpoint('bob'),
    );
    expect(results.map(({ outcome }) => outcome.seen)).toEqual(['allowed', 'refused']);
  });

  test('is open, and is not told', async () => {
    const results = [
      ...(await tryNodesProxy(fixture)),
      ...(await tryServicesProxy(fixture, endpoint('alice'), endpoint('bob'))),
      ...(await tryForgedPodIps({ image: 'x' }, fixture, endpoint('alice'), endpoint('bob'), host)),
    ];
    const open = results.filter(({ outcome }) => outcome.seen === 'allowed');
    expect(open.map(({ probe: { id } }) => id)).toEqual(
      expect.arrayContaining([
        'alice/hostile/nodes-proxy',
        'alice/hostile/services-proxy@bob',
        'alice/hostile/pods-proxy@bob',
      ]),
    );
    expect(JSON.stringify(results)).not.toContain(SECRET);
  });
});
