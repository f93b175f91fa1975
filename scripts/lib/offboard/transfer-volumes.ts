import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isReady, type KubeObject } from '@tenantry/plan';
import { hostNamespace, runtimeClassOf } from '@tenantry/tenants';
import { ExpectedError, Fault } from '../cli/errors.ts';
import type { ConnectedHost } from '../cluster/host.ts';
import type { TenantDist } from '../dist/read.ts';
import type { KubeClient } from '../kube/client.ts';
import { type ContainerPlace, readFrom, writeTo } from '../kube/exec.ts';
import { apply, read, removeAndWait } from '../kube/requests.ts';
import { poll } from '../kube/wait.ts';
import { digestOf } from './archive-store.ts';
import { type ArchivedVolume, volumeFile } from './archived-volume.ts';
import { startPod } from './start-pod.ts';
import { newClaims, VOLUME_POD, volumePod } from './volume-pod.ts';
import { hostClaims, type VolumeStream } from './volume-streams.ts';
import { waitForPod } from './wait-pod.ts';

const GONE_TIMEOUT_SECONDS = 90;
const READY_TIMEOUT_SECONDS = 120;
const CLAIMS_TIMEOUT_SECONDS = 60;
const ATTEMPTS = 5;

/** Between which cluster and which directory the data of whose volumes goes. */
export interface Transfer {
  readonly host: ConnectedHost;
  readonly tenant: Pick<TenantDist, 'id' | 'values'>;
  /** A private directory with a file for each stream. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/**
 * Writes the data of a tenant's volumes into files, at most `maxBytes` in all. Nothing else of the
 * tenant's may run: what is written meanwhile would be lost.
 */
export async function dumpVolumes(
  transfer: Transfer,
  streams: readonly VolumeStream[],
  maxBytes: number,
): Promise<readonly ArchivedVolume[]> {
  const dumped: ArchivedVolume[] = [];
  let left = maxBytes;
  for (const stream of streams) {
    const { id } = transfer.tenant;
    const place = { namespace: hostNamespace(id), claims: hostClaims(stream, id) };
    const file = join(transfer.directory, volumeFile(stream.name));
    await inVolumePod(transfer, stream, place, (pod) => dump(transfer, pod, stream, file, left));
    const { size: bytes } = await stat(file);
    left -= bytes;
    dumped.push({ name: stream.name, bytes, digest: await digestOf(file) });
  }
  return dumped;
}

/** Puts archived data into the volumes of a tenant that is held at zero, and compares it. */
export async function restoreVolumes(
  transfer: Transfer,
  streams: readonly VolumeStream[],
  archived: readonly ArchivedVolume[],
): Promise<void> {
  const { id } = transfer.tenant;
  for (const { stream, volume } of paired(archived, streams)) {
    const place = { namespace: hostNamespace(id), claims: hostClaims(stream, id) };
    await inVolumePod(transfer, stream, place, (pod) => restore(transfer, pod, stream, volume));
  }
}

/** Tries archived data out: puts it into volumes made for that, compares it, removes them. */
export async function tryVolumes(
  transfer: Transfer,
  streams: readonly VolumeStream[],
  archived: readonly ArchivedVolume[],
  namespace: string,
): Promise<void> {
  const { client } = transfer.host;
  for (const { stream, volume } of paired(archived, streams)) {
    const claims = newClaims(stream, namespace);
    for (const claim of claims) await apply(client, claim, { force: false });
    const place = { namespace, claims: stream.claims.map(({ name }) => name) };
    await inVolumePod(transfer, stream, place, (pod) => restore(transfer, pod, stream, volume));
    await removeAndWait(client, claims, {
      timeoutSeconds: GONE_TIMEOUT_SECONDS,
      signal: transfer.signal,
    });
  }
}

/** Archived volumes with their streams. @throws where the workload has none of a name */
export function paired(
  archived: readonly ArchivedVolume[],
  streams: readonly VolumeStream[],
): readonly { readonly volume: ArchivedVolume; readonly stream: VolumeStream }[] {
  return archived.map((volume) => {
    const stream = streams.find(({ name }) => name === volume.name);
    if (stream !== undefined) return { volume, stream };
    throw new ExpectedError(
      `the archive has the data of ${volume.name}, for which the workload has no way back\n  → restore it with a commit of this repository whose workload archives it`,
    );
  });
}

/** Waits until a tenant's syncer has brought the claims of its cluster to the host. */
export async function waitForClaims(
  host: KubeClient,
  virtual: KubeClient,
  id: string,
  streams: readonly VolumeStream[],
  signal: AbortSignal,
): Promise<void> {
  const claims = streams.flatMap((stream) =>
    hostClaims(stream, id).map((name, index) => ({
      inside: claimNamed(stream.namespace, stream.claims[index]?.name ?? ''),
      outside: claimNamed(hostNamespace(id), name),
    })),
  );
  await poll(
    async () => {
      const states = await Promise.all(
        claims.map(async ({ inside, outside }) => ({
          name: inside.metadata.name,
          is: isBroughtFrom(await read(virtual, inside), await read(host, outside)),
        })),
      );
      const missing = states.filter(({ is }) => !is).map(({ name }) => `${name} is not there`);
      return missing.length === 0
        ? { done: true, result: undefined }
        : { done: false, diagnostics: missing.join('\n') };
    },
    { what: `claims of ${id} on the host`, timeoutSeconds: CLAIMS_TIMEOUT_SECONDS, signal },
  );
}

function claimNamed(namespace: string, name: string) {
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { namespace, name } };
}

/** An earlier claim of that name may still be on its way out. */
function isBroughtFrom(inside: KubeObject | null, outside: KubeObject | null): boolean {
  return (
    inside !== null &&
    outside !== null &&
    outside.metadata.deletionTimestamp === undefined &&
    outside.metadata.annotations?.['vcluster.loft.sh/object-uid'] === inside.metadata.uid
  );
}

/** Runs a stream's pod while `action` runs, and ends it whatever comes of that. */
async function inVolumePod(
  { host: { client }, tenant: { values }, signal }: Transfer,
  stream: VolumeStream,
  place: { readonly namespace: string; readonly claims: readonly string[] },
  action: (pod: ContainerPlace) => Promise<void>,
): Promise<void> {
  const runtimeClass = runtimeClassOf({ vcluster: values as Record<string, unknown> });
  const pod = volumePod(stream, { ...place, runtimeClass });
  const gone = { timeoutSeconds: GONE_TIMEOUT_SECONDS, signal };
  await removeAndWait(client, [pod], gone);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => (signal.aborted ? undefined : removeAndWait(client, [pod], gone)));
  await startPod(client, pod, signal);
  const { namespace } = place;
  await waitForPod(
    client,
    { namespace, name: VOLUME_POD },
    { state: 'ready', hasCome: isReady, timeoutSeconds: READY_TIMEOUT_SECONDS, signal },
  );
  await action({ namespace, name: VOLUME_POD, container: stream.method.container });
}

/** What is lost of a stream is not said: two that are equal are whole, and what comes back can be compared. */
async function dump(
  { host }: Transfer,
  pod: ContainerPlace,
  { name, method }: VolumeStream,
  file: string,
  maxBytes: number,
): Promise<void> {
  let before = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    await readFrom(host, pod, method.dump, file, maxBytes);
    const digest = await digestOf(file);
    if (digest === before) return;
    before = digest;
  }
  throw new Fault({
    what: `data of ${name}`,
    why: `${method.dump.join(' ')} has written something else each of ${ATTEMPTS} times`,
    todo: 'have it write the same bytes for the same data: nobody can say otherwise that nothing is lost',
  });
}

async function restore(
  { host, directory }: Transfer,
  pod: ContainerPlace,
  { method }: VolumeStream,
  { name, bytes, digest }: ArchivedVolume,
): Promise<void> {
  const file = join(directory, volumeFile(name));
  const check = `${file}.check`;
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      await writeTo(host, pod, method.restore, file);
      await readFrom(host, pod, method.dump, check, bytes);
      if ((await digestOf(check)) === digest) return;
    }
  } finally {
    await rm(check, { force: true });
  }
  throw new Fault({
    what: `data of ${name}`,
    why: `after ${method.restore.join(' ')}, ${method.dump.join(' ')} has not written what was archived, ${ATTEMPTS} times`,
    todo: 'look at what the two do with the data: the one has to bring back what the other writes',
  });
}
