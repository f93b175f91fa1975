import {
  FIXTURE,
  fixtureAccount,
  fixtureNamespace,
  fixtureSecret,
  type ForeignSecret,
  foreignSecrets,
  hostVolume,
  openPolicy,
  probePod,
  runtimeClass,
} from '@tenantry/isolation';
import { hostNamespace, MANAGED_BY, MANAGED_BY_LABEL } from '@tenantry/tenants';
import { randomUUID } from 'node:crypto';
import type { ConnectedHost } from '../cluster/host.ts';
import { waitForVirtual } from '../cluster/virtual-client.ts';
import type { TenantDist } from '../dist/read.ts';
import { type Api, apiOf } from '../kube/api-client.ts';
import { diagnostics, type KubeObject, placeOf, type Pod } from '@tenantry/plan';
import { list, mustCreate, objectPath, remove } from '../kube/objects.ts';
import { poll } from '../kube/wait.ts';
import type { PodRef } from './dial.ts';
import { removeCopiesOnHost, syncedObjects, virtualName } from './synced-objects.ts';

/** A pod that can be told to try something, for as long as it is held. */
export interface Fixture extends AsyncDisposable {
  /** The API of the cluster that the pod lies in: the tenant's own, or the host's. */
  readonly api: Api;
  /** The pod as the host knows it. */
  readonly pod: PodRef;
}

export interface TenantFixture extends Fixture {
  readonly tenant: TenantDist;
  /** The pod as it came out on the host. */
  readonly hostPod: KubeObject;
  /** What the tenant's Secret holds in this run, and nobody else's. */
  readonly secret: string;
  readonly foreign: readonly ForeignSecret[];
}

export interface VerifyContext {
  readonly host: ConnectedHost;
  readonly hostApi: Api;
  /** Of all probe pods. */
  readonly image: string;
  readonly signal: AbortSignal;
}

const RUNNING_TIMEOUT_SECONDS = 120;

/** Puts a probe pod into a tenant's cluster, and takes everything away that an earlier run left. */
export async function openTenantFixture(
  { host, hostApi, image, signal }: VerifyContext,
  tenant: TenantDist,
  neighbours: readonly string[],
): Promise<TenantFixture> {
  const { id } = tenant;
  await using stack = new AsyncDisposableStack();
  const { client } = stack.use(await waitForVirtual(host.client, placeOf(id), signal));
  const api = apiOf(client);
  const foreign = foreignSecrets(id, neighbours);
  const secret = randomUUID();
  const removeCopies = () => removeCopiesOnHost(hostApi, id);
  await clear(api, clusterWide(id), removeCopies, signal);
  stack.defer(() => clear(api, clusterWide(id), removeCopies));
  await mustCreate(api, fixtureNamespace());
  // The policy is there before the first packet: it must open nothing.
  await Promise.all(
    [fixtureAccount(), fixtureSecret(secret), openPolicy()].map((object) =>
      mustCreate(api, object),
    ),
  );
  await mustCreate(api, probePod({ image, foreign }));
  const hostPod = await runningPod(
    async () => (await syncedObjects(hostApi, id, 'pods')).find(isProbePod),
    () => list(api, `/api/v1/namespaces/${FIXTURE}/events`),
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
export async function openHostFixture({ hostApi, image, signal }: VerifyContext): Promise<Fixture> {
  await using stack = new AsyncDisposableStack();
  await clear(hostApi, [runtimeClass()], undefined, signal);
  stack.defer(() => clear(hostApi, [runtimeClass()]));
  await mustCreate(hostApi, fixtureNamespace({ [MANAGED_BY_LABEL]: MANAGED_BY }));
  await Promise.all([
    mustCreate(hostApi, fixtureAccount()),
    mustCreate(hostApi, fixtureSecret(randomUUID())),
    mustCreate(hostApi, runtimeClass()),
  ]);
  await mustCreate(hostApi, probePod({ image, token: false }));
  const path = `/api/v1/namespaces/${FIXTURE}`;
  await runningPod(
    async () => (await list(hostApi, `${path}/pods`))[0],
    () => list(hostApi, `${path}/events`),
    signal,
  );
  const held = stack.move();
  return {
    api: hostApi,
    pod: { namespace: FIXTURE, name: FIXTURE },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** What a run makes in a tenant's cluster outside of its namespace. */
function clusterWide(id: string): readonly KubeObject[] {
  return [webhookConfiguration(id), hostVolume(id)];
}

export function webhookConfiguration(id: string): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: `${FIXTURE}-${id}` },
  };
}

function isProbePod(pod: KubeObject): boolean {
  return virtualName(pod) === FIXTURE;
}

function runningPod(
  look: () => Promise<KubeObject | undefined>,
  events: () => Promise<readonly KubeObject[]>,
  signal: AbortSignal,
): Promise<KubeObject> {
  return poll(
    async () => {
      const pod: Pod | undefined = await look();
      const { phase } = pod?.status ?? {};
      if (pod !== undefined && phase === 'Running') return { done: true, result: pod };
      const seen = (await events()).map((event) => ({ ...event, kind: 'Event' }));
      const said = diagnostics(seen, Date.now());
      return { done: false, diagnostics: `probe pod: ${phase ?? 'not on the host'}\n${said}` };
    },
    {
      what: 'probe pod',
      timeoutSeconds: RUNNING_TIMEOUT_SECONDS,
      intervalMilliseconds: 300,
      signal,
    },
  );
}

const GONE_TIMEOUT_SECONDS = 180;

/**
 * Takes away what a run makes, and waits until it is gone: the fixture's namespace, `objects` outside
 * of it, and then what `removeRest` finds. @throws WaitError naming what stays
 */
export async function clear(
  api: Api,
  objects: readonly KubeObject[],
  removeRest: () => Promise<readonly string[]> = () => Promise.resolve([]),
  signal?: AbortSignal,
): Promise<void> {
  // Pods first and at once: a namespace that finds none left is gone on its first look.
  await api.send({
    method: 'DELETE',
    path: `/api/v1/namespaces/${FIXTURE}/pods`,
    body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 },
  });
  const all = [...objects, fixtureNamespace()];
  for (const object of all) await remove(api, object);
  await poll(
    async () => {
      const answers = await Promise.all(
        all.map(async (object) => {
          const there = (await api.send({ path: objectPath(object) })).status !== 404;
          return there ? [`${object.kind} ${object.metadata.name}`] : [];
        }),
      );
      const inside = answers.flat();
      const there = inside.length === 0 ? await removeRest() : inside;
      return there.length === 0
        ? { done: true, result: undefined }
        : { done: false, diagnostics: there.join('\n') };
    },
    {
      what: 'removal of what was made',
      timeoutSeconds: GONE_TIMEOUT_SECONDS,
      intervalMilliseconds: 300,
      ...(signal && { signal }),
    },
  );
}
