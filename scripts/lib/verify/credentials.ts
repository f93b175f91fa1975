import type { Api } from '../kube/api-client.ts';
import type { Probe } from './probe.ts';
import { shorten } from './api-outcome.ts';
import type { Surroundings, TenantStage } from './probe-pod.ts';
import { STAGE } from './fixtures.ts';
import { probeOf, type Tried, tried, type Try } from './probe-result.ts';

/** Whose token is it? The tenant's own API server knows it, the host's must not. */
export async function tryToken(
  { hostApi }: Pick<Surroundings, 'hostApi'>,
  { api, tenant: { id } }: TenantStage,
): Promise<Tried> {
  const inside = probeOf('host', id, {
    name: 'token-inside',
    attempt: 'its token at its own API',
    expected: 'allowed',
  });
  const onHost = probeOf('host', id, {
    name: 'token',
    attempt: 'its token at the host API',
    expected: 'refused',
    twins: ['token-inside'],
  });
  const made = await api.send({
    method: 'POST',
    path: `/api/v1/namespaces/${STAGE}/serviceaccounts/${STAGE}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  });
  const { token } = (made.body['status'] ?? {}) as { token?: string };
  if (token === undefined) {
    return [inside, onHost].map((probe) => tried(probe, null, shorten(made.message)));
  }
  return Promise.all([review(api, inside, token), review(hostApi, onHost, token)]);
}

async function review(api: Api, probe: Probe, token: string): Promise<Try> {
  const answer = await api.send({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
  });
  if (!answer.ok) return tried(probe, null, shorten(answer.message));
  const { authenticated = false, error = '' } = answer.body['status'] as {
    authenticated?: boolean;
    error?: string;
  };
  return tried(probe, authenticated ? 'allowed' : 'refused', shorten(error));
}
