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

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take over fields that others have set; without it they are a conflict, and an error. */
  readonly force?: boolean;
  /** Ask the server what would come out, and store nothing. */
  readonly dryRun?: boolean;
}

/** Server-side apply; returns the objects as they are afterwards. */
export async function applyObjects(
  $: Shell,
  target: Target,
  objects: readonly unknown[],
  options: ApplyOptions,
): Promise<readonly KubeObject[]> {
  const flags = [
    'apply',
    '--server-side',
    `--field-manager=${options.fieldManager}`,
    ...(options.force === true ? ['--force-conflicts'] : []),
    ...(options.dryRun === true ? ['--dry-run=server'] : []),
  ];
  const text = await kubectl($, target, [...flags, '-o', 'json', '-f', '-'], asList(objects));
  return parseObjects(text);
}

/** Replaces objects that are there, whole; returns them as they are afterwards. */
export async function replaceObjects(
  $: Shell,
  target: Target,
  objects: readonly unknown[],
  options: Pick<ApplyOptions, 'fieldManager' | 'dryRun'>,
): Promise<readonly KubeObject[]> {
  if (objects.length === 0) return [];
  const flags = [
    'replace',
    `--field-manager=${options.fieldManager}`,
    ...(options.dryRun === true ? ['--dry-run=server'] : []),
  ];
  const text = await kubectl($, target, [...flags, '-o', 'json', '-f', '-'], asList(objects));
  return parseObjects(text);
}

/** The same objects as they are now; missing ones are left out. */
export function getSame(
  $: Shell,
  target: Target,
  objects: readonly unknown[],
): Promise<readonly KubeObject[]> {
  return getObjects($, target, ['-f', '-'], asList(objects));
}

function asList(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
