import { hostNamespace } from '@tenantry/tenants';
import type { Api } from '../kube/api-client.ts';
import { syncerOf } from './host-admission.ts';
import { list } from '../kube/objects.ts';
import { outcomeOfRead, shorten } from './api-outcome.ts';
import { rightsOf, type Rules } from './rules.ts';
import type { Surroundings } from './probe-pod.ts';
import { probeOf, type Tried, tried, type Try } from './probe-result.ts';

/**
 * What the accounts in a tenant's namespace may do on the host: nothing, and the syncer only where
 * it is at home. `others` are tenants in whose namespaces that is tried too.
 */
export async function lookAtAccounts(
  { hostApi }: Pick<Surroundings, 'hostApi'>,
  id: string,
  others: readonly string[],
): Promise<Tried> {
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
  places: readonly string[],
): Promise<Try> {
  const probe = probeOf('host', id, {
    name: `rights@${account}`,
    attempt: `rights of account ${account}`,
    expected: 'refused',
    twins: ['syncer'],
  });
  const found = new Set<string>();
  for (const place of places) {
    const answer = await hostApi.send({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      as: `system:serviceaccount:${hostNamespace(id)}:${account}`,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectRulesReview',
        spec: { namespace: place },
      },
    });
    if (!answer.ok) return tried(probe, null, shorten(answer.message));
    for (const right of rightsOf(answer.body['status'] as Rules)) found.add(`${right} in ${place}`);
  }
  return found.size === 0
    ? tried(probe, 'refused', `none in ${places.length} namespaces`)
    : tried(probe, 'allowed', [...found].join('; '));
}

/** Reads one Secret at most, and forgets it. */
async function readAsSyncer(
  hostApi: Api,
  id: string,
  own: string,
  namespace: string,
): Promise<Try> {
  const isOwn = namespace === own;
  const probe = probeOf('host', id, {
    name: isOwn ? 'syncer' : `syncer@${namespace}`,
    attempt: `syncer reads Secrets of ${isOwn ? 'its own' : namespace}`,
    expected: isOwn ? 'allowed' : 'refused',
    twins: isOwn ? [] : ['syncer'],
  });
  const path = `/api/v1/namespaces/${namespace}/secrets?limit=1`;
  const answer = await hostApi.send({ path, as: syncerOf(id) });
  return { probe, outcome: outcomeOfRead(probe.id, answer) };
}
