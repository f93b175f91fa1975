import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '@tenantry/plan';
import { Fault } from '../cli/errors.ts';
import { isRunning } from '../cli/processes.ts';
import { ApiError, collectionPath, type KubeClient } from './client.ts';
import { read, remove, replace } from './requests.ts';

/** A lease that is not renewed so long is anybody's. */
const DURATION_SECONDS = 30;
const RENEWAL_SECONDS = 10;
const LOOK_MILLISECONDS = 1000;

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly renewTime?: string;
}

/** Whether a lease is held by a process that may still be there. */
export function isHeld({ spec }: KubeObject, now: number): boolean {
  const { leaseDurationSeconds = 0, renewTime } = (spec ?? {}) as LeaseSpec;
  return renewTime !== undefined && Date.parse(renewTime) + leaseDurationSeconds * 1000 > now;
}

/** This process, as another one is told of it. */
export function holderOf(pid: number = process.pid): string {
  return `${userInfo().username}@${hostname()}, process ${pid}`;
}

/** Whether the holder was a process of this machine, and has ended without giving the lease back. */
export function isAbandoned({ spec }: KubeObject): boolean {
  const { holderIdentity = '' } = (spec ?? {}) as LeaseSpec;
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
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { what, signal }: { readonly what: string; readonly signal: AbortSignal },
): Promise<AsyncDisposable> {
  const lease = (resourceVersion?: string): KubeObject => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ...(resourceVersion !== undefined && { resourceVersion }) },
    spec: {
      holderIdentity: holderOf(),
      leaseDurationSeconds: DURATION_SECONDS,
      renewTime: microTime(new Date()),
    },
  });
  let current = await take(client, lease, what, signal);
  const renew = async () => {
    current = await replace(client, lease(current.metadata.resourceVersion));
  };
  const timer = setInterval(() => {
    // A lease that is lost is taken by nobody before it has run out.
    renew().catch(() => undefined);
  }, RENEWAL_SECONDS * 1000);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await remove(client, lease());
    },
  };
}

async function take(
  client: KubeClient,
  lease: (resourceVersion?: string) => KubeObject,
  what: string,
  signal: AbortSignal,
): Promise<KubeObject> {
  const wanted = lease();
  let first: KubeObject | null = null;
  for (;;) {
    const there = await read(client, wanted);
    try {
      if (there === null) {
        const path = await collectionPath(client, wanted, wanted.metadata.namespace);
        return await client.send<KubeObject>({ method: 'POST', path, body: lease() });
      }
      if (!isHeld(there, Date.now()) || isAbandoned(there)) {
        return await replace(client, lease(there.metadata.resourceVersion));
      }
    } catch (error) {
      // Somebody else was faster.
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      continue;
    }
    first ??= there;
    // Whoever renews it is at work.
    if (there.metadata.resourceVersion !== first.metadata.resourceVersion) throw held(there, what);
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  }
}

function held({ spec }: KubeObject, what: string): Fault {
  const { holderIdentity = 'somebody' } = (spec ?? {}) as LeaseSpec;
  return new Fault({
    what,
    why: `it is being changed by ${holderIdentity}`,
    todo: 'wait until that has ended, then run the command again',
  });
}

/** As the API writes it: with microseconds. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
