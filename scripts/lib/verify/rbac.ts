import {
  outcomeOfRead,
  probeOf,
  type ProbeResult,
  type ProbeResults,
  resultOf,
  rightsOf,
  type Rules,
  shorten,
} from '@tenantry/isolation';
import { hostNamespace } from '@tenantry/tenants';
import type { Api } from '../kube/api-client.ts';
import { list } from '../kube/objects.ts';
import { syncerOf } from './host-admission.ts';
import type { VerifyContext } from './probe-pod.ts';

/**
 * What the accounts in a tenant's namespace may do on the host: nothing, and the syncer only where
 * it is at home. `others` are tenants in whose namespaces that is tried too.
 */
export async function lookAtAccounts(
  { hostApi }: Pick<VerifyContext, 'hostApi'>,
  id: string,
  others: readonly string[],
): Promise<ProbeResults> {
  const namespace = hostNamespace(id);
  const elsewhere = ['kube-system', ...others.map(hostNamespace)];
  const accounts = await list(hostApi, `/api/v1/namespaces/${namespace}/serviceaccounts`);
  const names = accounts.map(({ metadata }) => metadata.name);
  const workloads = names.filter((name) => !syncerOf(id).endsWith(`:${name}`));
  return Promise.all([
    ...workloads.map((name) => lookAtWorkload(hostApi, id, name, [namespace, ...elsewhere])),
    readAsSyncer(hostApi, id, namespace, namespace),
    ...elsewhere.map((where) => readAsSyncer(hostApi, id, namespace, where)),
  ]);
}

async function lookAtWorkload(
  hostApi: Api,
  id: string,
  account: string,
  endpoints: readonly string[],
): Promise<ProbeResult> {
  const probe = probeOf('host', id, {
    name: `rights@${account}`,
    attempt: `rights of account ${account}`,
    expected: 'refused',
    controls: ['syncer'],
  });
  const found = new Set<string>();
  for (const endpoint of endpoints) {
    const answer = await hostApi.send({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      as: `system:serviceaccount:${hostNamespace(id)}:${account}`,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectRulesReview',
        spec: { namespace: endpoint },
      },
    });
    if (!answer.ok) return resultOf(probe, null, shorten(answer.message));
    for (const right of rightsOf(answer.body['status'] as Rules))
      found.add(`${right} in ${endpoint}`);
  }
  return found.size === 0
    ? resultOf(probe, 'refused', `none in ${endpoints.length} namespaces`)
    : resultOf(probe, 'allowed', [...found].join('; '));
}

/** Reads one Secret at most, and forgets it. */
async function readAsSyncer(
  hostApi: Api,
  id: string,
  own: string,
  namespace: string,
): Promise<ProbeResult> {
  const isOwn = namespace === own;
  const probe = probeOf('host', id, {
    name: isOwn ? 'syncer' : `syncer@${namespace}`,
    attempt: `syncer reads Secrets of ${isOwn ? 'its own' : namespace}`,
    expected: isOwn ? 'allowed' : 'refused',
    controls: isOwn ? [] : ['syncer'],
  });
  const path = `/api/v1/namespaces/${namespace}/secrets?limit=1`;
  const answer = await hostApi.send({ path, as: syncerOf(id) });
  return { probe, outcome: outcomeOfRead(probe.id, answer) };
}
