import { hostname, userInfo } from 'node:os';
import type { KubeObject } from '@tenantry/plan';
import { Fault } from '../cli/errors.ts';
import { ApiError, collectionPath, type KubeClient } from './client.ts';
import { read, remove, replace } from './requests.ts';

/** A lease that is not renewed so long is anybody's. */
const DURATION_SECONDS = 30;
const RENEWAL_SECONDS = 10;

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

/**
 * Holds a lease (coordination.k8s.io) while it is in use and renews it; killed, it runs out by itself.
 * @throws Fault that says who holds it
 */
export async function acquireLease(
  client: KubeClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  what: string,
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
  let current = await take(client, lease, what);
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
): Promise<KubeObject> {
  const wanted = lease();
  try {
    const path = await collectionPath(client, wanted, wanted.metadata.namespace);
    return await client.send<KubeObject>({ method: 'POST', path, body: wanted });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  }
  const there = await read(client, wanted);
  if (there === null) return take(client, lease, what);
  if (isHeld(there, Date.now())) throw held(there, what);
  try {
    return await replace(client, lease(there.metadata.resourceVersion));
  } catch (error) {
    // Somebody else was faster.
    if (error instanceof ApiError && error.status === 409) throw held(there, what);
    throw error;
  }
}

function held({ spec }: KubeObject, what: string): Fault {
  const { holderIdentity = 'somebody' } = (spec ?? {}) as LeaseSpec;
  return new Fault({
    what,
    why: `it is being changed by ${holderIdentity}`,
    todo: `wait until that has ended; if it was killed, its lease runs out within ${DURATION_SECONDS} s`,
  });
}

/** As the API writes it: with microseconds. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
