import { randomUUID } from 'node:crypto';
import { hostNamespace, MANAGED_BY, MANAGED_BY_LABEL } from '@tenantry/tenants';
import type { TenantDist } from '../dist/read.ts';
import { evidence } from '@tenantry/plan';
import type { Host } from '../cluster/host.ts';
import type { KubeObject } from '../tools/kubectl.ts';
import { poll } from '../kube/wait.ts';
import { openTenant } from '../cluster/tenant-connection.ts';
import { type Api, openApi, uninterrupted } from '../kube/api-client.ts';
import { removeCopiesOnHost, counterparts, virtualName } from './synced-objects.ts';
import type { PodPlace } from './dial.ts';
import { clear } from './clear.ts';
import { list, mustCreate, type NewObject } from '../kube/objects.ts';
import {
  type ForeignSecret,
  foreignSecrets,
  openPolicy,
  probePod,
  STAGE,
  stageAccount,
  stageNamespace,
  stageSecret,
} from './fixtures.ts';
import { hostVolume } from './syncer-attacks.ts';

/** A pod that can be told to try something, for as long as it is held. */
export interface Stage extends AsyncDisposable {
  /** The API of the cluster that the pod lies in: the tenant's own, or the host's. */
  readonly api: Api;
  /** The pod as the host knows it. */
  readonly pod: PodPlace;
}

export interface TenantStage extends Stage {
  readonly tenant: TenantDist;
  /** The pod as it came out on the host. */
  readonly hostPod: KubeObject;
  /** What the tenant's Secret holds in this run, and nobody else's. */
  readonly secret: string;
  readonly foreign: readonly ForeignSecret[];
}

export interface Surroundings {
  readonly host: Host;
  readonly hostApi: Api;
  /** A private directory for what lives as long as the run. */
  readonly state: string;
  readonly signal: AbortSignal;
}

const RUNNING_TIMEOUT_SECONDS = 60;

/** Puts a probe pod into a tenant's cluster, and takes everything away that an earlier run left. */
export async function openTenantStage(
  { host, hostApi, state, signal }: Surroundings,
  tenant: TenantDist,
  neighbours: readonly string[],
): Promise<TenantStage> {
  const { id } = tenant;
  await using stack = new AsyncDisposableStack();
  const connection = stack.use(
    await openTenant({ ...host, $: uninterrupted(host.$) }, id, state, signal),
  );
  const api = stack.use(await openApi(host.$, connection.target, state));
  const foreign = foreignSecrets(id, neighbours);
  const secret = randomUUID();
  const removeCopies = () => removeCopiesOnHost(hostApi, id);
  await clear(api, clusterWide(id), removeCopies, signal);
  stack.defer(() => clear(api, clusterWide(id), removeCopies));
  await mustCreate(api, stageNamespace());
  // The policy is there before the first packet: it must open nothing.
  await Promise.all(
    [stageAccount(), stageSecret(secret), openPolicy()].map((object) => mustCreate(api, object)),
  );
  await mustCreate(api, probePod({ image: tenant.image, foreign }));
  const hostPod = await runningPod(
    async () => (await counterparts(hostApi, id, 'pods')).find(isStagePod),
    () => list(api, `/api/v1/namespaces/${STAGE}/events`),
    signal,
  );
  const held = stack.move();
  return {
    api,
    tenant,
    hostPod,
    secret,
    foreign,
    pod: { namespace: hostNamespace(id), name: hostPod.metadata.name },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Puts the reference pod on the host, where no policy of ours holds it. */
export async function openHostStage(
  { hostApi, signal }: Surroundings,
  image: string,
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  await clear(hostApi, [], undefined, signal);
  stack.defer(() => clear(hostApi, []));
  await mustCreate(hostApi, stageNamespace({ [MANAGED_BY_LABEL]: MANAGED_BY }));
  await Promise.all([
    mustCreate(hostApi, stageAccount()),
    mustCreate(hostApi, stageSecret(randomUUID())),
  ]);
  await mustCreate(hostApi, probePod({ image, token: false }));
  const path = `/api/v1/namespaces/${STAGE}`;
  await runningPod(
    async () => (await list(hostApi, `${path}/pods`))[0],
    () => list(hostApi, `${path}/events`),
    signal,
  );
  const held = stack.move();
  return {
    api: hostApi,
    pod: { namespace: STAGE, name: STAGE },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** What a run makes in a tenant's cluster outside of its namespace. */
function clusterWide(id: string): readonly NewObject[] {
  return [webhookConfiguration(id), hostVolume(id)];
}

export function webhookConfiguration(id: string): NewObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: `${STAGE}-${id}` },
  };
}

function isStagePod(pod: KubeObject): boolean {
  return virtualName(pod) === STAGE;
}

function runningPod(
  look: () => Promise<KubeObject | undefined>,
  events: () => Promise<readonly KubeObject[]>,
  signal: AbortSignal,
): Promise<KubeObject> {
  return poll(
    async () => {
      const pod = await look();
      const { phase } = (pod?.['status'] ?? {}) as { phase?: string };
      if (pod !== undefined && phase === 'Running') return { done: true, result: pod };
      const seen = (await events()).map((event) => ({ ...event, kind: 'Event' }));
      const said = evidence(seen, Date.now());
      return { done: false, evidence: `probe pod: ${phase ?? 'not on the host'}\n${said}` };
    },
    {
      what: 'probe pod',
      timeoutSeconds: RUNNING_TIMEOUT_SECONDS,
      intervalMilliseconds: 300,
      signal,
    },
  );
}
