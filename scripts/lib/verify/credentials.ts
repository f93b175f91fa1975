import {
  FIXTURE,
  type Probe,
  probeOf,
  type ProbeResult,
  type ProbeResults,
  resultOf,
  shorten,
} from '@tenantry/isolation';
import type { Json } from '@tenantry/plan';
import type { AuthenticationV1TokenRequest, V1TokenReview } from '@tenantry/kube-library';
import type { Api } from '../kube/api-client.ts';
import { environmentOf } from './dial.ts';
import type { TenantFixture, VerifyContext } from './probe-pod.ts';

/** Whose token is it? The tenant's own API server knows it, the host's must not. */
export async function tryToken(
  { hostApi }: Pick<VerifyContext, 'hostApi'>,
  { api, tenant: { id } }: TenantFixture,
): Promise<ProbeResults> {
  const inside = probeOf('host', id, {
    name: 'token-inside',
    attempt: 'its token at its own API',
    expected: 'allowed',
  });
  const onHost = probeOf('host', id, {
    name: 'token',
    attempt: 'its token at the host API',
    expected: 'refused',
    controls: ['token-inside'],
  });
  const made = await api.send({
    method: 'POST',
    path: `/api/v1/namespaces/${FIXTURE}/serviceaccounts/${FIXTURE}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  });
  const { status }: Partial<Json<AuthenticationV1TokenRequest>> = made.body;
  const token = status?.token;
  if (token === undefined) {
    return [inside, onHost].map((probe) => resultOf(probe, null, shorten(made.message)));
  }
  return Promise.all([review(api, inside, token), review(hostApi, onHost, token)]);
}

async function review(api: Api, probe: Probe, token: string): Promise<ProbeResult> {
  const answer = await api.send({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
  });
  if (!answer.ok) return resultOf(probe, null, shorten(answer.message));
  const { status }: Partial<Json<V1TokenReview>> = answer.body;
  const { authenticated = false, error = '' } = status ?? {};
  return resultOf(probe, authenticated ? 'allowed' : 'refused', shorten(error));
}

/** Secrets that the probe pod has asked for and may not have: its environment must not show them. */
export async function trySecrets(
  { host }: VerifyContext,
  { tenant: { id }, pod, secret, foreign }: TenantFixture,
): Promise<ProbeResults> {
  const variables = ['OWN_SECRET', ...foreign.map(({ variable }) => variable)];
  const found = await environmentOf(host.$, host.target, pod, variables, secret);
  const own = probeOf('hostile', id, {
    name: 'secret',
    attempt: 'its own Secret in a pod',
    expected: 'allowed',
  });
  return [
    resultOf(own, found['OWN_SECRET']?.isExpected === true ? 'allowed' : 'refused'),
    ...foreign.map(({ variable, name }) => {
      const probe = probeOf('hostile', id, {
        name: `secret@${name}`,
        attempt: `Secret ${name} in a pod`,
        expected: 'refused',
        controls: ['secret'],
      });
      return found[variable]?.isSet === false
        ? resultOf(probe, 'refused', 'empty')
        : resultOf(probe, 'allowed', 'readable');
    }),
  ];
}
