import type { KubeObject } from '@tenantry/plan';
import { ApiError, collectionPath, type KubeClient, type KubeList } from './client.ts';
import { beginWait } from '../progress/current-step.ts';
import { type Look, WaitError, withDiagnostics } from './wait.ts';

/** Objects of a kind that are watched. */
export interface Watched {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly namespace: string;
  readonly selector?: string;
}

export interface WatchOptions {
  /** What is waited for, for the error message. */
  readonly what: string;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** Causes are to stay a while before a wait is given up, though nothing happens meanwhile. */
const LOOK_AGAIN_MILLISECONDS = 1000;
const RETRY_MILLISECONDS = 500;

/**
 * Waits until `look` finds its result in what is watched. The server tells of changes; it is asked
 * once at first, and again only where a watch breaks off.
 * @throws WaitError at the deadline, or at once where cannot succeed
 */
export async function watchUntil<T>(
  client: KubeClient,
  watched: readonly Watched[],
  look: (objects: readonly KubeObject[]) => Promise<Look<T>> | Look<T>,
  { what, timeoutSeconds, signal }: WatchOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  signal?.addEventListener('abort', interrupt, { once: true });
  const stores = watched.map(() => new Map<string, KubeObject>());
  const bell = createBell();
  using wait = beginWait(what);
  let failure: unknown = null;
  const watching = watched.map((each, index) =>
    follow(client, each, stores[index] ?? new Map(), () => bell.ring(), stop.signal).catch(
      (error: unknown) => {
        failure ??= error;
        bell.ring();
      },
    ),
  );
  try {
    for (;;) {
      await bell.next(LOOK_AGAIN_MILLISECONDS);
      signal?.throwIfAborted();
      if (failure !== null) throw failure;
      const found = await look(stores.flatMap((store) => [...store.values()]));
      if (found.done) return found.result;
      wait.sees(found.diagnostics);
      if (found.terminal === true) {
        throw new WaitError(withDiagnostics(`${what}: cannot succeed`, found.diagnostics));
      }
      if (performance.now() > deadline) {
        throw new WaitError(
          withDiagnostics(`${what}: not within ${timeoutSeconds} s`, found.diagnostics),
        );
      }
    }
  } finally {
    stop.abort();
    signal?.removeEventListener('abort', interrupt);
    await Promise.all(watching);
  }
}

/** Wakes who waits for it, or who waits long enough. */
function createBell() {
  let wake: (() => void) | null = null;
  let rung = false;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async next(milliseconds: number): Promise<void> {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(resolve, milliseconds);
        await promise;
        clearTimeout(timer);
        wake = null;
      }
      rung = false;
    },
  };
}

/** Keeps a store as the server has it, until it is told to stop. */
async function follow(
  client: KubeClient,
  { apiVersion = 'v1', kind, namespace, selector }: Watched,
  store: Map<string, KubeObject>,
  changed: () => void,
  stop: AbortSignal,
): Promise<void> {
  const path = await collectionPath(client, { apiVersion, kind }, namespace);
  const query = selector === undefined ? {} : { labelSelector: selector };
  while (!stop.aborted) {
    const page = await listOrNull(client, path, query);
    if (page !== null) {
      store.clear();
      for (const item of page.items ?? [])
        store.set(item.metadata.name, { ...item, apiVersion, kind });
      changed();
      const { resourceVersion = '' } = page.metadata;
      await client.watch(
        path,
        { ...query, resourceVersion },
        (type, object) => {
          if (type === 'ERROR' || type === 'BOOKMARK') return;
          if (type === 'DELETED') store.delete(object.metadata.name);
          else store.set(object.metadata.name, object);
          changed();
        },
        stop,
      );
    }
    if (!stop.aborted) await pause(RETRY_MILLISECONDS, stop);
  }
}

/** Null where the server gives no answer just now; what it refuses is an error. */
async function listOrNull(
  client: KubeClient,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<KubeList | null> {
  try {
    return await client.send<KubeList>({ path, query });
  } catch (error) {
    if (error instanceof ApiError && error.status < 500 && error.status !== 429) throw error;
    return null;
  }
}

function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  stop.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
