import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject, ObjectOf } from '@tenantry/plan';
import type { V1Lease } from '@tenantry/kube-library';
import { Fault } from '../cli/errors.ts';
import { isRunning } from '../cli/processes.ts';
import { ApiError, collectionPath, type KubeClient, type KubeRequest } from './client.ts';
import { beginWait } from '../progress/current-step.ts';
import { read, remove, replace } from './requests.ts';

/** A lease that is not renewed so long is anybody's. */
const DURATION_SECONDS = 30;
const RENEWAL_SECONDS = 10;
/** A renewal that did not get through is tried again so soon. */
const RETRY_SECONDS = 2;
/** Who has not renewed for so long writes nothing: what is sent then arrives before it is anybody's. */
const DEADLINE_SECONDS = 20;
const LOOK_MILLISECONDS = 1000;

/** A lease that is held. */
export interface HeldLease extends AsyncDisposable {
  /** Aborted once it is lost, with the Fault that says who holds it now. */
  readonly lost: AbortSignal;
  /** To be called before each write. @throws Fault where it is lost */
  mustBeHeld(): Promise<void>;
}

type Lease = ObjectOf<V1Lease>;

/** Whether a lease is held by a process that may still be there. */
export function isHeld(lease: KubeObject, now: number): boolean {
  const { leaseDurationSeconds = 0, renewTime } = (lease as Lease).spec ?? {};
  return renewTime !== undefined && Date.parse(renewTime) + leaseDurationSeconds * 1000 > now;
}

/** This process, as another one is told of it. */
export function holderOf(pid: number = process.pid): string {
  return `${userInfo().username}@${hostname()}, process ${pid}`;
}

/** Whether the holder was a process of this machine, and has ended without giving the lease back. */
export function isAbandoned(lease: KubeObject): boolean {
  const { holderIdentity = '' } = (lease as Lease).spec ?? {};
  const pid = Number(/, process (\d+)$/.exec(holderIdentity)?.[1]);
  return Number.isInteger(pid) && holderIdentity === holderOf(pid) && !isRunning(pid);
}

/**
 * Holds a lease (coordination.k8s.io) while it is in use and renews it; killed, it runs out by itself.
 * One that is held is waited for until it runs out, or until its holder renews it.
 * @throws Fault that says who holds it
 */
export async function acquireLease(
  client: KubeClient,
  place: { readonly namespace: string; readonly name: string },
  { what, signal }: { readonly what: string; readonly signal: AbortSignal },
): Promise<HeldLease> {
  let sent = Date.now();
  let current = await take(client, place, what, signal);
  const lost = new AbortController();
  /** Rejects where no answer came; what an answer means is known afterwards. */
  const renew = async (): Promise<void> => {
    const now = Date.now();
    try {
      current = await replace(client, leaseOf(place, current.metadata.resourceVersion));
      sent = now;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const there = await read(client, current);
      // A renewal of ours of which the answer was lost.
      if (error.status === 409 && there !== null && isOurs(there)) {
        current = there;
        return renew();
      }
      lost.abort(lostTo(there, what, error));
    }
  };
  let renewing = Promise.resolve();
  const renewInTurn = () => (renewing = renewing.catch(() => undefined).then(renew));
  const renewAfter = (seconds: number): NodeJS.Timeout =>
    setTimeout(() => {
      const next = (after: number) => {
        if (!lost.signal.aborted && !ended) timer = renewAfter(after);
      };
      renewInTurn().then(
        () => next(RENEWAL_SECONDS),
        () => next(RETRY_SECONDS),
      );
    }, seconds * 1000);
  let ended = false;
  let timer = renewAfter(RENEWAL_SECONDS);
  return {
    lost: lost.signal,
    async mustBeHeld() {
      lost.signal.throwIfAborted();
      // A machine that slept wakes here.
      if (Date.now() - sent > DEADLINE_SECONDS * 1000) await renewInTurn();
      lost.signal.throwIfAborted();
    },
    async [Symbol.asyncDispose]() {
      ended = true;
      clearTimeout(timer);
      await renewing.catch(() => undefined);
      if (!lost.signal.aborted) await giveBack(client, current, what);
    },
  };
}

/** The same client for what only the holder of a lease may write: it reads, and writes while it is held. */
export function writingUnder(client: KubeClient, lease: Pick<HeldLease, 'mustBeHeld'>): KubeClient {
  const checked =
    <T>(ask: (request: KubeRequest) => Promise<T>) =>
    async (request: KubeRequest): Promise<T> => {
      const { method = 'GET', query = {} } = request;
      if (method !== 'GET' && query['dryRun'] === undefined) await lease.mustBeHeld();
      return ask(request);
    };
  return {
    ...client,
    exchange: checked((asked) => client.exchange(asked)),
    text: checked((asked) => client.text(asked)),
    send: <T>(request: KubeRequest) => checked((asked) => client.send<T>(asked))(request),
  };
}

function leaseOf(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  resourceVersion?: string,
): KubeObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ...(resourceVersion !== undefined && { resourceVersion }) },
    spec: {
      holderIdentity: holderOf(),
      leaseDurationSeconds: DURATION_SECONDS,
      renewTime: microTime(new Date()),
    },
  };
}

async function take(
  client: KubeClient,
  place: { readonly namespace: string; readonly name: string },
  what: string,
  signal: AbortSignal,
): Promise<KubeObject> {
  const wanted = leaseOf(place);
  let first: KubeObject | null = null;
  using wait = beginWait(what);
  for (;;) {
    const there = await read(client, wanted);
    try {
      if (there === null) {
        const path = await collectionPath(client, wanted, wanted.metadata.namespace);
        return await client.send<KubeObject>({ method: 'POST', path, body: leaseOf(place) });
      }
      if (!isHeld(there, Date.now()) || isAbandoned(there)) {
        return await replace(client, leaseOf(place, there.metadata.resourceVersion));
      }
    } catch (error) {
      // Somebody else was faster.
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      continue;
    }
    first ??= there;
    // Whoever renews it is at work.
    if (there.metadata.resourceVersion !== first.metadata.resourceVersion) throw held(there, what);
    wait.sees(`it may be changed by ${holderIn(there)}`);
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  }
}

function held(there: KubeObject, what: string): Fault {
  return new Fault({
    what,
    why: `it is being changed by ${holderIn(there)}`,
    todo: 'wait until that has ended, then run the command again',
  });
}

/** What the server has decided; anything else may go well the next time. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status < 500 && error.status !== 429;
}

/** @throws Fault where somebody else has taken it meanwhile */
async function giveBack(client: KubeClient, lease: KubeObject, what: string): Promise<void> {
  try {
    await remove(client, lease, { unchanged: true });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    throw lostTo(await read(client, lease), what, error);
  }
}

function lostTo(there: KubeObject | null, what: string, refusal: ApiError): Fault {
  const why =
    there === null || isOurs(there)
      ? `its lease cannot be renewed: ${refusal.message}`
      : `its lease was taken over by ${holderIn(there)}, which holds it now`;
  return new Fault({
    what,
    why,
    todo: 'wait until nobody changes it, then run the command again: it goes on from what is there',
  });
}

function isOurs(lease: KubeObject): boolean {
  return holderIn(lease) === holderOf();
}

function holderIn(lease: KubeObject): string {
  return (lease as Lease).spec?.holderIdentity ?? 'somebody';
}

/** As the API writes it: with microseconds. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
