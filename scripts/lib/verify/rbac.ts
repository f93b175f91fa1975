import {
  EVERYBODY,
  grantsBeyond,
  grantsTo,
  outcomeOfRead,
  probeOf,
  type ProbeResult,
  type ProbeResults,
  type Rbac,
  resultOf,
  rightsBeyond,
  type RulesReview,
  shorten,
  summarize,
  SYNCER_RIGHTS,
} from '@tenantry/isolation';
import { hostNamespace } from '@tenantry/tenants';
import type { Api } from '../kube/api-client.ts';
import { list } from '../kube/objects.ts';
import { syncerOf } from './host-admission.ts';
import type { VerifyContext } from './probe-pod.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** Every role and binding of the host. */
export async function readRbac(hostApi: Api): Promise<Rbac> {
  const read = async (kind: string, resource: string) =>
    (await list(hostApi, `${RBAC}/${resource}`)).map((object) => ({ ...object, kind }));
  const [clusterRoles, roles, clusterRoleBindings, roleBindings] = await Promise.all([
    read('ClusterRole', 'clusterroles'),
    read('Role', 'roles'),
    read('ClusterRoleBinding', 'clusterrolebindings'),
    read('RoleBinding', 'rolebindings'),
  ]);
  return {
    roles: [...clusterRoles, ...roles],
    bindings: [...clusterRoleBindings, ...roleBindings],
  };
}

/** Groups that every tenant's accounts are in, and who is nobody at all. */
const GROUPS = ['system:authenticated', 'system:serviceaccounts', 'system:unauthenticated'];

/** What the host gives to everybody, and so to every tenant's syncer. */
export function lookAtGroups(rbac: Rbac): ProbeResults {
  const read = probeOf('host', '-', {
    name: 'rbac',
    attempt: 'roles and bindings of the host',
    expected: 'allowed',
  });
  return [
    resultOf(read, 'allowed', `${rbac.roles.length} roles, ${rbac.bindings.length} bindings`),
    ...GROUPS.map((name) => {
      const probe = probeOf('host', '-', {
        name: `rights@${name}`,
        attempt: `rights of ${name}`,
        expected: 'refused',
        controls: ['rbac'],
      });
      const beyond = grantsBeyond(grantsTo({ kind: 'Group', name }, rbac), EVERYBODY);
      return beyond.length === 0
        ? resultOf(probe, 'refused', 'none but to see versions and ask about itself')
        : resultOf(probe, 'allowed', beyond.join('; '));
    }),
  ];
}

/**
 * What the accounts in a tenant's namespace may do on the host: nothing, and the syncer what the
 * table says, and only where it is at home. `others` are tenants in whose namespaces that is asked
 * for too.
 */
export async function lookAtAccounts(
  { hostApi }: Pick<VerifyContext, 'hostApi'>,
  id: string,
  others: readonly string[],
  rbac: Rbac,
): Promise<ProbeResults> {
  const namespace = hostNamespace(id);
  const elsewhere = ['kube-system', ...others.map(hostNamespace)];
  const accounts = await list(hostApi, `/api/v1/namespaces/${namespace}/serviceaccounts`);
  const results = await Promise.all([
    ...accounts.map(({ metadata }) =>
      lookAtAccount(hostApi, id, metadata.name, [namespace, ...elsewhere], rbac),
    ),
    readAsSyncer(hostApi, id, namespace, namespace),
    ...elsewhere.map((where) => readAsSyncer(hostApi, id, namespace, where)),
  ]);
  return [...results, lookAtNamespaceGroup(id, rbac)];
}

/** By the bindings that name it, anywhere, and by what the host itself answers in some namespaces. */
async function lookAtAccount(
  hostApi: Api,
  id: string,
  account: string,
  namespaces: readonly string[],
  rbac: Rbac,
): Promise<ProbeResult> {
  const probe = probeOf('host', id, {
    name: `rights@${account}`,
    attempt: `rights of account ${account}`,
    expected: 'refused',
    controls: ['syncer'],
  });
  const name = `system:serviceaccount:${hostNamespace(id)}:${account}`;
  const own = {
    namespace: hostNamespace(id),
    rights: name === syncerOf(id) ? SYNCER_RIGHTS : new Set<string>(),
  };
  const found = [...grantsBeyond(grantsTo({ kind: 'User', name }, rbac), EVERYBODY, own)];
  for (const namespace of namespaces) {
    const answer = await hostApi.send({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      as: name,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectRulesReview',
        spec: { namespace },
      },
    });
    if (!answer.ok) return resultOf(probe, null, shorten(answer.message));
    const expected =
      namespace === own.namespace ? new Set([...EVERYBODY, ...own.rights]) : EVERYBODY;
    const beyond = rightsBeyond(answer.body['status'] as RulesReview, expected);
    if (beyond.length > 0) found.push(`${summarize(beyond)} in ${namespace}`);
  }
  return found.length === 0
    ? resultOf(probe, 'refused', `none but the table's, ${rbac.bindings.length} bindings read`)
    : resultOf(probe, 'allowed', found.join('; '));
}

/** A binding may name all accounts of the namespace at once. */
function lookAtNamespaceGroup(id: string, rbac: Rbac): ProbeResult {
  const group = `system:serviceaccounts:${hostNamespace(id)}`;
  const probe = probeOf('host', id, {
    name: 'rights@group',
    attempt: 'rights of all its accounts as a group',
    expected: 'refused',
    controls: ['syncer'],
  });
  const beyond = grantsBeyond(grantsTo({ kind: 'Group', name: group }, rbac), EVERYBODY);
  return beyond.length === 0
    ? resultOf(probe, 'refused', 'none')
    : resultOf(probe, 'allowed', beyond.join('; '));
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
