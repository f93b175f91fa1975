import { ExpectedError } from '../cli/errors.ts';
import {
  asDryRun,
  benignClaim,
  FIXTURE,
  fixtureClaim,
  type HostRequest,
  outcomeOfCreate,
  outcomeOfRead,
  probeOf,
  type ProbeResult,
  type ProbeResults,
  syncerControls,
  type SyncerRequest,
  syncerRequests,
  type SyncerTargets,
} from '@tenantry/isolation';
import {
  FLUX_NAMESPACE,
  hostNamespace,
  SYNCED_LABEL,
  syncedName,
  vclusterName,
} from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '@tenantry/plan';
import type { TenantDist } from '../dist/read.ts';
import type { Api, ApiAnswer } from '../kube/api-client.ts';
import { create, list, objectPath } from '../kube/objects.ts';
import { hasLabels } from './find-endpoints.ts';
import { outcomeOnHost, syncerOf } from './host-admission.ts';
import type { VerifyContext } from './probe-pod.ts';

/**
 * Everything that whoever holds a tenant's syncer would try on the host with what is there already.
 * All of it is a dry run; the one claim that is made for it is taken away again.
 */
export async function trySyncer(
  { hostApi }: Pick<VerifyContext, 'hostApi'>,
  { id }: Pick<TenantDist, 'id'>,
  foreignAddress: string,
): Promise<ProbeResults> {
  const claim = await makeClaim(hostApi, id);
  try {
    const targets = await findTargets(hostApi, id, claim, foreignAddress);
    const controls = syncerControls(targets).map(
      async ({ name, text, request }): Promise<ProbeResult> => {
        const probe = probeOf('hostile', id, {
          name: `host/${name}`,
          attempt: `on the host: harmless ${text}`,
          expected: 'allowed',
        });
        const answer = await sendDry(hostApi, request, syncerOf(id));
        return { probe, outcome: outcomeOfCreate(probe.id, answer) };
      },
    );
    const connected = connections(hostApi, targets);
    const tried = await Promise.all([
      ...controls,
      ...syncerRequests(targets).map((request) => tryRequest(hostApi, id, request)),
    ]);
    return [...tried, ...(await connected)];
  } finally {
    await hostApi.send({ method: 'DELETE', path: objectPath(claim) });
  }
}

async function tryRequest(
  hostApi: Api,
  id: string,
  { name, text, request, controls, optional }: SyncerRequest,
): Promise<ProbeResult> {
  const probe = probeOf('hostile', id, {
    name: `host/${name}`,
    attempt: `on the host: ${text}`,
    expected: 'refused',
    controls: controls.map((control) => `host/${control}`),
  });
  const answer = await sendDry(hostApi, request, syncerOf(id));
  if (request.method === 'GET') return { probe, outcome: outcomeOfRead(probe.id, answer) };
  const asOperator = () => sendDry(hostApi, request);
  return { probe, outcome: await outcomeOnHost(probe, answer, asOperator, optional) };
}

/** Two writers of one object at a time: the server asks the second to come again. */
const COME_AGAIN = /object has been modified|please try again/;
const ROUNDS = 8;
const PAUSE_MILLISECONDS = 100;

async function sendDry(api: Api, request: HostRequest, as?: string): Promise<ApiAnswer> {
  const dry = asDryRun(request);
  for (let round = 1; ; round += 1) {
    const answer = await api.send({ ...dry, ...(as !== undefined && { as }) });
    if (answer.ok || round === ROUNDS || !COME_AGAIN.test(answer.message)) return answer;
    await sleep(round * PAUSE_MILLISECONDS);
  }
}

/** Connects to nothing: without an upgrade the server asks for one, once the rules let it. */
const UPGRADE = /upgrade/i;

async function connections(
  hostApi: Api,
  { id, namespace, pod, controlPlane }: SyncerTargets,
): Promise<readonly ProbeResult[]> {
  const ask = async (name: string, text: string, of: KubeObject, way: string) => {
    const isOwn = of === pod;
    const probe = probeOf('hostile', id, {
      name: `host/${name}`,
      attempt: `on the host: ${text}`,
      expected: isOwn ? 'allowed' : 'refused',
      controls: isOwn ? [] : ['host/exec'],
    });
    const answer = await hostApi.send({
      path: `/api/v1/namespaces/${namespace}/pods/${of.metadata.name}/${way}`,
      as: syncerOf(id),
    });
    return UPGRADE.test(answer.message)
      ? { probe, outcome: { id: probe.id, seen: 'allowed' as const, detail: 'admitted' } }
      : { probe, outcome: outcomeOfCreate(probe.id, answer) };
  };
  const command = 'exec?command=true&stdout=true';
  return Promise.all([
    ask('exec', 'command in its own pod', pod, command),
    ask('exec-control-plane', 'command in its control plane', controlPlane, command),
    ask(
      'forward-control-plane',
      'port of its control plane',
      controlPlane,
      'portforward?ports=8443',
    ),
  ]);
}

/** A claim that nothing is bound to, made as the syncer would. */
async function makeClaim(hostApi: Api, id: string): Promise<KubeObject> {
  const claim = benignClaim(hostNamespace(id));
  const object = { ...claim, metadata: { ...claim.metadata, name: fixtureClaim(id) } };
  const answer = await create(hostApi, object);
  if (!answer.ok && answer.status !== 409)
    throw new ExpectedError(`a claim for it: ${answer.message}`);
  const { body } = await hostApi.send({ path: objectPath(object) });
  return bare(body as unknown as KubeObject, 'PersistentVolumeClaim');
}

async function findTargets(
  hostApi: Api,
  id: string,
  claim: KubeObject,
  foreignAddress: string,
): Promise<SyncerTargets> {
  const namespace = hostNamespace(id);
  const vcluster = vclusterName(id);
  const core = `/api/v1/namespaces/${namespace}`;
  const read = async (kind: string, path: string) => {
    const answer = await hostApi.send({ path });
    if (!answer.ok) throw new ExpectedError(`GET ${path}: ${answer.message}`);
    return bare(answer.body as unknown as KubeObject, kind);
  };
  const marked = `${core}/pods?labelSelector=${encodeURIComponent(`${SYNCED_LABEL}=${vcluster}`)}&fieldSelector=status.phase%3DRunning`;
  const [pods, releaseRecord, controlPlane, statefulSet, service, apiService] = await Promise.all([
    list(hostApi, marked),
    findReleaseRecord(hostApi, id),
    read('Pod', `${core}/pods/${vcluster}-0`),
    read('StatefulSet', `/apis/apps/v1/namespaces/${namespace}/statefulsets/${vcluster}`),
    read(
      'Service',
      `${core}/services/${syncedName(workload.service.name, workload.service.namespace, id)}`,
    ),
    read('Service', `${core}/services/${vcluster}`),
  ]);
  // The service's own if it can be, and never one that verify itself takes away.
  const lasting = pods.filter(({ metadata }) => !metadata.name.includes(FIXTURE));
  const { selector = {} } = service['spec'] as { selector?: Readonly<Record<string, string>> };
  const pod = lasting.find((each) => hasLabels(each, selector)) ?? lasting[0];
  if (pod === undefined) throw new ExpectedError(`${id}: no synced pod runs`);
  return {
    id,
    namespace,
    pod: bare(pod, 'Pod'),
    controlPlane,
    statefulSet,
    service,
    apiService,
    claim,
    releaseRecord,
    foreignAddress,
  };
}

/** Where Flux applies dist/, Helm's records lie in its namespace. */
async function findReleaseRecord(
  hostApi: Api,
  id: string,
): Promise<SyncerTargets['releaseRecord']> {
  const selector = encodeURIComponent(`owner=helm,name=${vclusterName(id)}`);
  for (const namespace of [FLUX_NAMESPACE, hostNamespace(id)]) {
    const path = `/api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}`;
    const [record] = await list(hostApi, path);
    if (record !== undefined) return { namespace, name: record.metadata.name };
  }
  return null;
}

/** Without its version, so that an update is of whatever is there. */
function bare(object: KubeObject, kind: string): KubeObject {
  const { resourceVersion: _version, managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, apiVersion: kind === 'StatefulSet' ? 'apps/v1' : 'v1', kind, metadata };
}
