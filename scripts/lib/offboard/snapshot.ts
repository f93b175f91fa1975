import { stat, writeFile } from 'node:fs/promises';
import { FIELD_MANAGER } from '@tenantry/tenants';
import { evidence } from '../diagnose.ts';
import { Fault } from '../errors.ts';
import type { Host } from '../host.ts';
import { applyObjects, getObjects, kubectl, reach } from '../kubectl.ts';
import { poll } from '../poll.ts';
import { CommandError } from '../shell.ts';
import type { Place } from '../tenant-context.ts';
import { claimOf, RESTORE_POD, restorePod, SNAPSHOT, storageOptions } from './restore-pod.ts';

const GONE_TIMEOUT_SECONDS = 90;
const RUNNING_TIMEOUT_SECONDS = 120;
const RESTORE_TIMEOUT_SECONDS = 300;
const COPIES = 5;

/** Writes vcluster's snapshot of a running control plane into `file` (0600). */
export async function takeSnapshot(host: Host, place: Place, file: string): Promise<void> {
  const pod = { ...place, name: `${place.name}-0`, container: 'syncer' };
  const exec = (command: readonly string[], redirect?: Redirect) =>
    execIn(host, pod, command, redirect);
  try {
    await exec(['env', `VCLUSTER_STORAGE_OPTIONS=${storageOptions()}`, '/vcluster', 'snapshot']);
    await writeFile(file, '', { mode: 0o600 });
    await whole(host, pod, SNAPSHOT, file, () => exec(['cat', SNAPSHOT], { to: file }));
  } finally {
    await exec(['rm', '-f', SNAPSHOT]);
  }
}

/**
 * Brings a vcluster whose control plane is at zero to a snapshot: a pod like the control plane's,
 * on a volume that is made anew, runs vcluster's own restore. Starts nothing.
 */
export async function restoreSnapshot(
  host: Host,
  place: Place,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { $, target } = host;
  const inNamespace = ['-n', place.namespace];
  const [statefulSet] = await getObjects($, target, [...inNamespace, 'statefulset', place.name]);
  if (statefulSet === undefined) throw new Error(`no StatefulSet ${place.name}`);
  const claim = claimOf(statefulSet, place);
  const old = [`pod/${RESTORE_POD}`, `persistentvolumeclaim/${claim.metadata.name}`];
  await remove(host, place, old, signal);
  const pod = restorePod(statefulSet, place);
  await applyObjects($, target, [claim, pod], { fieldManager: FIELD_MANAGER });
  const phaseIs = (wanted: string, timeoutSeconds: number) =>
    poll(
      async () => {
        const seen = await getObjects($, target, [...inNamespace, 'pods,events']);
        const live = seen.find(({ metadata }) => metadata.name === RESTORE_POD);
        const { phase } = (live?.['status'] ?? {}) as { phase?: string };
        if (phase === wanted) return { done: true, result: undefined };
        const logs = phase === 'Failed' ? await logsOf(host, place) : '';
        return {
          done: false,
          evidence: `${evidence(seen, Date.now())}\n${logs}`,
          hopeless: phase === 'Failed',
        };
      },
      { what: `restore pod ${wanted}`, timeoutSeconds, intervalMilliseconds: 500, signal },
    );
  await phaseIs('Running', RUNNING_TIMEOUT_SECONDS);
  const inPod = { ...place, name: RESTORE_POD, container: RESTORE_POD };
  const part = `${SNAPSHOT}.part`;
  const { size } = await stat(file);
  // Told how much there is, it does not go by the end of its input, which may come too early.
  const receive = ['sh', '-c', `head -c ${size} > ${part}`];
  await whole(host, inPod, part, file, () => execIn(host, inPod, receive, { from: file }));
  await execIn(host, inPod, ['mv', part, SNAPSHOT]);
  await phaseIs('Succeeded', RESTORE_TIMEOUT_SECONDS);
  await remove(host, place, [`pod/${RESTORE_POD}`], signal);
}

/** `kubectl exec` can lose the end of a stream and say nothing: copies until the sizes are equal. */
async function whole(
  host: Host,
  pod: ContainerPlace,
  remote: string,
  local: string,
  copy: () => Promise<unknown>,
): Promise<void> {
  for (let attempt = 1; attempt <= COPIES; attempt += 1) {
    await copy();
    const there = Number(await execIn(host, pod, ['sh', '-c', `wc -c < ${remote}`]));
    if (there > 0 && there === (await stat(local)).size) return;
  }
  throw new Fault({
    what: `copy of ${remote} in pod ${pod.name}`,
    why: `kubectl exec lost a part of it ${COPIES} times`,
    todo: 'run the command again',
  });
}

type Redirect = { readonly from: string } | { readonly to: string };

interface ContainerPlace extends Place {
  readonly container: string;
}

/** `kubectl exec`, with a file as the command's input or output. */
async function execIn(
  { $, target }: Host,
  { namespace, name, container }: ContainerPlace,
  command: readonly string[],
  redirect?: Redirect,
): Promise<string> {
  const stdin = redirect !== undefined && 'from' in redirect ? ['-i'] : [];
  const where = [...reach(target), '-n', namespace];
  const args = [...where, 'exec', name, '-c', container, ...stdin, '--', ...command];
  const quiet = $({ nothrow: true });
  const output =
    redirect === undefined
      ? await quiet`kubectl ${args}`
      : 'from' in redirect
        ? // Held open for a moment: what is under way when the input ends may be dropped.
          await quiet`(cat ${redirect.from}; sleep 1) | kubectl ${args}`
        : await quiet`kubectl ${args} > ${redirect.to}`;
  if (!output.ok) throw new CommandError(`kubectl exec ${name} -- ${command[0]}`, output);
  return output.stdout;
}

async function logsOf({ $, target }: Host, { namespace }: Place): Promise<string> {
  return kubectl($, target, ['-n', namespace, 'logs', RESTORE_POD, '--tail=10']).catch(String);
}

async function remove(
  { $, target }: Host,
  { namespace }: Place,
  references: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const inNamespace = ['-n', namespace];
  await kubectl($, target, [
    ...inNamespace,
    'delete',
    '--ignore-not-found',
    '--wait=false',
    ...references,
  ]);
  await poll(
    async () => {
      const left = await getObjects($, target, [...inNamespace, ...references]);
      return left.length === 0
        ? { done: true, result: undefined }
        : { done: false, evidence: evidence(left, Date.now()) };
    },
    {
      what: `end of ${references.join(', ')}`,
      timeoutSeconds: GONE_TIMEOUT_SECONDS,
      intervalMilliseconds: 300,
      signal,
    },
  );
}
