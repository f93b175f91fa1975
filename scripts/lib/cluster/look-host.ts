import { type ExpectedError, Fault, messageOf, UsageError } from '../cli/errors.ts';
import { actualContext, isOurs, type Workspace } from '../cli/workspace.ts';
import { ApiError, type KubeClient } from '../kube/client.ts';
import { clientOf, userClient } from '../kube/connect.ts';

type Places = Pick<Workspace, 'cluster' | 'kubeconfig'>;

/** Our own kind cluster is not made yet, or does not run. */
export interface OwnHostDown {
  readonly down: ExpectedError;
}

/** Node's words where nobody listens at an address, or whoever listens hangs up. */
const NOBODY_THERE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * The host that dist/ names, which must be there: a client, and nothing else is run or made.
 * @throws UsageError where no such context is known, Fault where it does not answer
 */
export async function lookAtHost(places: Places, named: string): Promise<KubeClient> {
  const found = await findHostApi(places, named);
  if ('down' in found) throw found.down;
  return found;
}

/**
 * As `lookAtHost`, for who can make or start our own cluster. An API server that refuses us is there,
 * and no reason to.
 */
export async function findHostApi(
  places: Places,
  named: string,
): Promise<KubeClient | OwnHostDown> {
  const context = actualContext(named, places);
  const isOwn = isOurs(context, places);
  const client = isOwn ? await ownClient(places, context) : await foreignClient(context);
  if (client === null) {
    const text = `no kind cluster ${places.cluster} yet\n  → run pnpm deploy, or pnpm cluster`;
    return { down: new UsageError(text) };
  }
  try {
    await client.send({ path: '/version' });
    return client;
  } catch (error) {
    client[Symbol.dispose]();
    const what = `host ${context}`;
    const why = `its API server does not answer: ${messageOf(error)}`;
    if (!isOwn) {
      throw new Fault({
        what,
        why,
        todo: `see whether kubectl --context ${context} get nodes does`,
      });
    }
    if (isDown(error)) {
      return { down: new Fault({ what, why, todo: 'run pnpm cluster, which makes or starts it' }) };
    }
    throw new Fault({
      what,
      why: `its API server cannot be asked: ${messageOf(error)}`,
      todo: `remove ${places.kubeconfig}, where it may be of an earlier cluster; pnpm cluster writes it anew`,
    });
  }
}

/** Whether an error says that nobody is there, or not ready yet, rather than that we are refused. */
export function isDown(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500;
  return NOBODY_THERE.has(String((error as NodeJS.ErrnoException).code));
}

/** Null where our own cluster's kubeconfig is not there. */
async function ownClient({ kubeconfig }: Places, context: string): Promise<KubeClient | null> {
  try {
    return await clientOf({ kubeconfig, context });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function foreignClient(context: string): Promise<KubeClient> {
  const client = await userClient(context);
  if (client !== null) return client;
  throw new UsageError(
    `no context ${JSON.stringify(context)} in your kubeconfig, and no cluster of ours has that name\n` +
      '  → set host.context in tenants.json to one of: kubectl config get-contexts -o name',
  );
}
