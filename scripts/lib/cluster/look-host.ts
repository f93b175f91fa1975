import { existsSync } from 'node:fs';
import { Fault, messageOf, UsageError } from '../cli/errors.ts';
import { actualContext, isOurs, type Workspace } from '../cli/workspace.ts';
import type { KubeClient } from '../kube/client.ts';
import { clientOf, userClient } from '../kube/connect.ts';

/**
 * The host that dist/ names, which must be there: a client, and nothing else is run or made.
 * @throws UsageError where no such context is known, Fault where it does not answer
 */
export async function lookAtHost(
  workspace: Pick<Workspace, 'cluster' | 'kubeconfig'>,
  named: string,
): Promise<KubeClient> {
  const context = actualContext(named, workspace);
  const client = isOurs(context, workspace)
    ? await ownClient(workspace, context)
    : await foreignClient(context);
  try {
    await client.send({ path: '/version' });
    return client;
  } catch (error) {
    client[Symbol.dispose]();
    throw new Fault({
      what: `host ${context}`,
      why: `its API server does not answer: ${messageOf(error)}`,
      todo: isOurs(context, workspace)
        ? 'run pnpm cluster, which starts it or makes it anew'
        : `see whether kubectl --context ${context} get nodes does`,
    });
  }
}

function ownClient(
  { cluster, kubeconfig }: Pick<Workspace, 'cluster' | 'kubeconfig'>,
  context: string,
): Promise<KubeClient> {
  if (existsSync(kubeconfig)) return clientOf({ kubeconfig, context });
  throw new UsageError(`no kind cluster ${cluster} yet\n  → run pnpm deploy, or pnpm cluster`);
}

async function foreignClient(context: string): Promise<KubeClient> {
  const client = await userClient(context);
  if (client !== null) return client;
  throw new UsageError(
    `no context ${JSON.stringify(context)} in your kubeconfig, and no cluster of ours has that name\n` +
      '  → set host.context in tenants.json to one of: kubectl config get-contexts -o name',
  );
}
