import { type KubeObject, parseObjects } from '@tenantry/plan';
import { run, type Shell } from '../cli/shell.ts';

/** One cluster as kubectl reaches it; never the user's current context. */
export interface Target {
  readonly kubeconfig: string;
  readonly context: string;
}

/** Seconds that one request to an API server may take. */
const REQUEST_TIMEOUT = '30s';

/** Runs kubectl against a target and returns its standard output. @throws CommandError */
export function kubectl(
  $: Shell,
  target: Target,
  args: readonly string[],
  input?: string,
): Promise<string> {
  return run(
    $,
    'kubectl',
    [...reach(target), `--request-timeout=${REQUEST_TIMEOUT}`, ...args],
    input,
  );
}

/** The flags with which kubectl reaches a target and nothing else. */
export function reach({ kubeconfig, context }: Target): readonly string[] {
  return ['--kubeconfig', kubeconfig, '--context', context];
}

/** `kubectl get … -o json` as a list; empty where nothing is found. */
export async function getObjects(
  $: Shell,
  target: Target,
  args: readonly string[],
  input?: string,
): Promise<readonly KubeObject[]> {
  const text = await kubectl(
    $,
    target,
    ['get', ...args, '--ignore-not-found', '-o', 'json'],
    input,
  );
  return parseObjects(text);
}
