import {
  asNew,
  type Attack,
  attacks,
  type Benign,
  benignClaim,
  benignService,
  FIXTURE,
  outcomeOfCreate,
  type Outcome,
  type Probe,
  probeOf,
  probePod,
  type ProbeResult,
  type ProbeResults,
  resultOf,
  syncerAttacks,
} from '@tenantry/isolation';
import { hostNamespace, SYNCED_LABEL, vclusterName } from '@tenantry/tenants';
import type { Json, KubeObject } from '@tenantry/plan';
import type { AuthenticationV1TokenRequest, V1TokenReview } from '@tenantry/kube-library';
import type { Api, ApiAnswer } from '../kube/api-client.ts';
import { create } from '../kube/objects.ts';
import type { VerifyContext } from './probe-pod.ts';

/** The syncer of a tenant as the host's API server knows it. */
export function syncerOf(id: string): string {
  return `system:serviceaccount:${hostNamespace(id)}:vc-${vclusterName(id)}`;
}

/** A pod as a syncer would bring it, which depends on nothing that the tenant can change. */
function syncedPod(id: string, image: string): KubeObject {
  const pod = probePod({ image, token: false });
  const { serviceAccountName: _account, ...spec } = pod['spec'] as Readonly<
    Record<string, unknown>
  >;
  return asNew({
    ...pod,
    metadata: {
      ...pod.metadata,
      namespace: hostNamespace(id),
      labels: { ...pod.metadata.labels, [SYNCED_LABEL]: vclusterName(id) },
    },
    spec: { ...spec, serviceAccountName: `vc-workload-${vclusterName(id)}` },
  });
}

/** The harmless objects on the host, each with the name of its probe. */
export function benignOnHost(id: string, image: string): Benign {
  const namespace = hostNamespace(id);
  return {
    pod: syncedPod(id, image),
    service: benignService(namespace),
    claim: benignClaim(namespace),
  };
}

/** Would the host take new objects from a syncer that does as the tenant likes? Stores nothing. */
export async function tryHostAdmission(
  { hostApi, image }: Pick<VerifyContext, 'hostApi' | 'image'>,
  id: string,
): Promise<ProbeResults> {
  const benign = benignOnHost(id, image);
  const harmless = (['pod', 'service', 'claim'] as const).map(
    async (kind): Promise<ProbeResult> => {
      const attempt = `on the host: harmless ${kind}`;
      const probe = probeOf('hostile', id, { name: `host/${kind}`, attempt, expected: 'allowed' });
      const answer = await create(hostApi, benign[kind], { dryRun: true, as: syncerOf(id) });
      return { probe, outcome: outcomeOfCreate(probe.id, answer) };
    },
  );
  const harmful = attacksOnHost(id, image).map(async ({ probe, attack: { object, optional } }) => {
    const answer = await create(hostApi, object, { dryRun: true, as: syncerOf(id) });
    const asOperator = (namespace?: string) =>
      create(hostApi, namespace === undefined ? object : inNamespace(object, namespace), {
        dryRun: true,
      });
    return { probe, outcome: await outcomeOnHost(probe, answer, asOperator, optional) };
  });
  return Promise.all([...harmless, ...harmful]);
}

/** What is tried on the host by creation, and how its probes are called. */
export function attacksOnHost(
  id: string,
  image: string,
): readonly { readonly probe: Probe; readonly attack: Attack }[] {
  const benign = benignOnHost(id, image);
  return [...attacks(benign), ...syncerAttacks(benign, hostNamespace(id), id)].map((attack) => ({
    attack,
    probe: probeOf('hostile', id, {
      name: `host/${attack.name}`,
      attempt: `on the host: ${attack.text}`,
      expected: 'refused',
      controls: [`host/${attack.control}`],
    }),
  }));
}

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** A right is missing; a rule says otherwise, and so does a class or an account that is not there. */
const NO_RIGHT = /cannot \w+ (resource|path)/;
const NOT_THERE = /RuntimeClass.*not found|service account .* not found|no PriorityClass/;
const INVALID = 422;
/** What is asked for is there already: the request itself was admitted. */
const CONFLICT = 409;

/**
 * What a syncer's request came to. A refusal for want of a right counts only where the operator's
 * own request would do something, and an invalid one only where the host does not know the feature.
 */
export async function outcomeOnHost(
  { id }: Probe,
  answer: ApiAnswer,
  asOperator: (namespace?: string) => Promise<ApiAnswer>,
  optional = false,
): Promise<Outcome> {
  const outcome = outcomeOfCreate(id, answer);
  if (NOT_THERE.test(answer.message)) return { ...outcome, seen: null };
  if (outcome.seen === 'refused' && NO_RIGHT.test(answer.message)) {
    const own = await asOperator();
    const proved = own.ok || own.status === CONFLICT || outcomeOfCreate(id, own).seen === 'refused';
    return proved
      ? { ...outcome, detail: 'no right to do so' }
      : { id, seen: null, detail: `the operator cannot do it either: ${own.message}` };
  }
  if (optional && answer.status === INVALID && outcome.seen === null) {
    const own = await asOperator(FIXTURE);
    if (own.status === INVALID)
      return { id, seen: 'refused', detail: 'the host does not know this feature' };
  }
  return outcome;
}

/** That the account exists, and the operator may act as it. */
export async function knowsSyncer(hostApi: Api, id: string): Promise<ProbeResult> {
  const probe = probeOf('hostile', id, {
    name: 'host/account',
    attempt: 'on the host: its syncer’s own token is known',
    expected: 'allowed',
  });
  const namespace = hostNamespace(id);
  const account = `vc-${vclusterName(id)}`;
  const made = await hostApi.send({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 600 },
    },
  });
  const { status }: Partial<Json<AuthenticationV1TokenRequest>> = made.body;
  const token = status?.token;
  if (token === undefined) return resultOf(probe, null, made.message);
  const reviewed = await hostApi.send({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
  });
  const review: Partial<Json<V1TokenReview>> = reviewed.body;
  const username = review.status?.user?.username;
  return username === syncerOf(id)
    ? resultOf(probe, 'allowed', username)
    : resultOf(probe, 'refused', reviewed.message);
}
