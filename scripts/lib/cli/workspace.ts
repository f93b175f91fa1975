import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEFAULT_CLUSTER, DEFAULT_CONTEXT, kindContext } from '@tenantry/tenants';
import { scriptName } from './pnpm.ts';

/** Where everything lies. Paths are absolute. */
export interface Workspace {
  /** This repository. */
  readonly root: string;
  /** Holds tenants.json, dist/ and .tenantry/. */
  readonly dir: string;
  readonly tenantsFile: string;
  readonly dist: string;
  /** The tenants' Secrets, encrypted. */
  readonly secrets: string;
  /** State of this machine, ignored by Git: kubeconfig, tools. */
  readonly state: string;
  /** Host contexts only, 0600. */
  readonly kubeconfig: string;
  /** Tools that we built. */
  readonly bin: string;
  /** Archives of offboarded tenants, ignored by Git: they hold Secrets. */
  readonly archives: string;
  /** Builds that outlive `pnpm destroy`, shared by all clones. */
  readonly cache: string;
  /** Name of our own kind cluster. */
  readonly cluster: string;
  /** Of age; what commands keep in archives/ is encrypted for it, where they are not told otherwise. */
  readonly recipient: string | undefined;
}

/** Where the user stands: pnpm runs scripts in the root and says where it was called. */
export function userDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return (scriptName(env) === undefined ? undefined : env['INIT_CWD']) || process.cwd();
}

export function workspace(env: NodeJS.ProcessEnv = process.env): Workspace {
  const root = resolve(import.meta.dirname, '../../..');
  const here = userDirectory(env);
  const dir = resolve(here, env['TENANTRY_DIR'] || root);
  const state = join(dir, '.tenantry');
  const caches = env['TENANTRY_CACHE'] || env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return {
    root,
    dir,
    tenantsFile: join(dir, 'tenants.json'),
    dist: join(dir, 'dist'),
    secrets: join(dir, 'secrets'),
    state,
    kubeconfig: join(state, 'kubeconfig'),
    bin: join(state, 'bin'),
    archives: join(dir, 'archives'),
    cache: join(resolve(here, caches), 'tenantry'),
    cluster: env['TENANTRY_CLUSTER'] || DEFAULT_CLUSTER,
    recipient: env['TENANTRY_RECIPIENT'] || undefined,
  };
}

/**
 * The context to use for the one that dist/ names. `kind-tenantry` means our own cluster, which
 * TENANTRY_CLUSTER can rename without a change to dist/; every other context is meant literally.
 */
export function actualContext(named: string, { cluster }: Pick<Workspace, 'cluster'>): string {
  return named === DEFAULT_CONTEXT ? kindContext(cluster) : named;
}

/** Whether a context is that of our own kind cluster, which we may make and remove. */
export function isOurs(context: string, { cluster }: Pick<Workspace, 'cluster'>): boolean {
  return context === kindContext(cluster);
}
