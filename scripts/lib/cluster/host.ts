import { existsSync, mkdirSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UsageError } from '../cli/errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { clientOf } from '../kube/connect.ts';
import { replaceFile } from '../dist/replace-file.ts';
import { hashOf } from '../dist/stat-index.ts';
import { clusterContainers, dockerFailure } from '../tools/docker.ts';
import { listClusters } from '../tools/kind.ts';
import type { Target } from '../tools/kubectl.ts';
import { ensureOwnCluster } from './kind-cluster.ts';
import type { Report } from '../cli/report.ts';
import { run, type Shell } from '../cli/shell.ts';
import { ensureTools, type Toolbox } from '../tools/toolchain.ts';
import { actualContext, isOurs, type Workspace } from '../cli/workspace.ts';

/** The host cluster and what it takes to work on it. */
export interface Host extends Toolbox {
  readonly target: Target;
  /** The kind cluster of this machine that it is, whose nodes images are loaded into; null for any other. */
  readonly kindCluster: string | null;
}

/** The same, with a client for its API server. */
export interface ConnectedHost extends Host {
  readonly client: KubeClient;
}

export async function connectHost(host: Host): Promise<ConnectedHost> {
  return { ...host, client: await clientOf(host.target) };
}

interface Surroundings {
  readonly workspace: Workspace;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** The host that dist/ names; our own kind cluster is made where it is missing. */
export async function ensureHost(
  { workspace, report, signal }: Surroundings,
  named: string,
): Promise<Host> {
  const context = actualContext(named, workspace);
  if (!isOurs(context, workspace)) return foreignHost({ workspace, report, signal }, context);
  const { toolbox, target } = await ensureOwnCluster(workspace, report, signal);
  return { ...toolbox, target, kindCluster: workspace.cluster };
}

/** The host that dist/ names, which must be there. @throws UsageError */
export async function findHost(
  { workspace, report, signal }: Surroundings,
  named: string,
): Promise<Host> {
  const context = actualContext(named, workspace);
  if (!isOurs(context, workspace)) return foreignHost({ workspace, report, signal }, context);
  const missing = new UsageError(
    `no kind cluster ${workspace.cluster} yet\n  → run pnpm deploy, or pnpm cluster`,
  );
  if (!existsSync(workspace.kubeconfig)) throw missing;
  const toolbox = await ensureTools(workspace, report, signal);
  if (!(await listClusters(toolbox.$)).includes(workspace.cluster)) throw missing;
  const target = { kubeconfig: workspace.kubeconfig, context };
  return { ...toolbox, target, kindCluster: workspace.cluster };
}

/** A cluster of the user's: its context is copied out of the user's kubeconfig, which is only read. */
async function foreignHost(
  { workspace, report, signal }: Surroundings,
  context: string,
): Promise<Host> {
  const toolbox = await ensureTools(workspace, report, signal);
  mkdirSync(workspace.state, { recursive: true, mode: 0o700 });
  // One for each host: some tools take whatever context a file has.
  const kubeconfig = join(workspace.state, `kubeconfig.${hashOf([context]).slice(0, 8)}`);
  replaceFile(kubeconfig, await copyContext(toolbox.$, context), 0o600);
  await chmod(kubeconfig, 0o600);
  const kindCluster = await kindClusterOf(toolbox.$, context);
  return { ...toolbox, target: { kubeconfig, context }, kindCluster };
}

async function kindClusterOf($: Shell, context: string): Promise<string | null> {
  const [, cluster] = /^kind-(.+)$/.exec(context) ?? [];
  if (cluster === undefined || (await dockerFailure($)) !== null) return null;
  return (await clusterContainers($, cluster)).length > 0 ? cluster : null;
}

async function copyContext($: Shell, context: string): Promise<string> {
  try {
    return await run($, 'kubectl', [
      'config',
      'view',
      '--minify',
      '--flatten',
      '--context',
      context,
    ]);
  } catch (error) {
    throw new UsageError(
      `context ${JSON.stringify(context)} cannot be read from your kubeconfig, and no cluster of ours has that name: ${messageOf(error)}\n` +
        '  → set host.context in tenants.json to one of: kubectl config get-contexts -o name',
      { cause: error },
    );
  }
}
