import { stat, writeFile } from 'node:fs/promises';
import type { ProcessOutput } from 'zx/core';
import type { Place } from '@tenantry/plan';
import { Fault } from '../cli/errors.ts';
import type { Host } from '../cluster/host.ts';
import { reach, type Target } from '../tools/kubectl.ts';
import { CommandError } from '../cli/shell.ts';

/** A container of a pod. */
export interface ContainerPlace extends Place {
  readonly container: string;
}

const COPIES = 5;
/** What a command in a container of a tenant's may say; it may say anything without end. */
const MAX_OUTPUT_BYTES = 2 ** 20;

/** Runs a command in a container and returns its standard output. @throws CommandError */
export async function execIn(
  { $, target }: Host,
  place: ContainerPlace,
  command: readonly string[],
): Promise<string> {
  const args = execArgs(target, place, command);
  const output = await $({
    nothrow: true,
  })`kubectl ${args} 2> >(head -c ${MAX_OUTPUT_BYTES} >&2) | head -c ${MAX_OUTPUT_BYTES}`;
  return outputOf(output, place, command);
}

/** Copies a file of at most `maxBytes` out of a container (0600). @throws CommandError, Fault */
export async function download(
  host: Host,
  place: ContainerPlace,
  remote: string,
  local: string,
  maxBytes: number,
): Promise<void> {
  await untilWhole(host, place, remote, local, () =>
    readFrom(host, place, ['cat', remote], local, maxBytes),
  );
}

/**
 * Writes what a command in a container says into a file (0600), at most `maxBytes`. The end of it
 * can be missing without a word. @throws CommandError, Fault
 */
export async function readFrom(
  host: Host,
  place: ContainerPlace,
  command: readonly string[],
  local: string,
  maxBytes: number,
): Promise<void> {
  await writeFile(local, '', { mode: 0o600 });
  const args = execArgs(host.target, place, command);
  const $ = host.$({ nothrow: true });
  const output =
    await $`kubectl ${args} 2> >(head -c ${MAX_OUTPUT_BYTES} >&2) | head -c ${maxBytes + 1} > ${local}`;
  if ((await stat(local)).size > maxBytes) {
    throw new Fault({
      what: `${command.join(' ')} in pod ${place.name}`,
      why: `the container sends more than ${maxBytes} bytes`,
      todo: 'look at what runs in that pod',
    });
  }
  outputOf(output, place, command);
}

/**
 * Has a command in a container read a file. The end of it can be missing without a word.
 * @throws CommandError
 */
export async function writeTo(
  host: Host,
  place: ContainerPlace,
  command: readonly string[],
  local: string,
): Promise<void> {
  const args = execArgs(host.target, place, command, ['-i']);
  const $ = host.$({ nothrow: true });
  // The end of the input can overtake what is under way, which is dropped then: so it comes later.
  const output =
    await $`(cat ${local}; sleep 1) | kubectl ${args} 2>&1 >/dev/null | head -c ${MAX_OUTPUT_BYTES} >&2`;
  outputOf(output, place, command);
}

/** Copies a file into a container. @throws CommandError, Fault */
export async function upload(
  host: Host,
  place: ContainerPlace,
  local: string,
  remote: string,
): Promise<void> {
  const { size } = await stat(local);
  const part = `${remote}.part`;
  // Told how much there is, it does not go by the end of its input.
  const command = ['sh', '-c', `head -c ${size} > ${part}`];
  await untilWhole(host, place, part, local, () => writeTo(host, place, command, local));
  await execIn(host, place, ['mv', part, remote]);
}

function execArgs(
  target: Target,
  { namespace, name, container }: ContainerPlace,
  command: readonly string[],
  flags: readonly string[] = [],
): readonly string[] {
  const where = [...reach(target), '-n', namespace];
  return [...where, 'exec', name, '-c', container, ...flags, '--', ...command];
}

function outputOf(
  output: ProcessOutput,
  { name }: ContainerPlace,
  [program = '']: readonly string[],
): string {
  if (!output.ok) throw new CommandError(`kubectl exec ${name} -- ${program}`, output);
  return output.stdout;
}

/** `kubectl exec` can lose the end of a stream and say nothing: copies until the sizes are equal. */
async function untilWhole(
  host: Host,
  place: ContainerPlace,
  remote: string,
  local: string,
  copy: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; attempt <= COPIES; attempt += 1) {
    await copy();
    const there = Number(await execIn(host, place, ['sh', '-c', `wc -c < ${remote}`]));
    if (there > 0 && there === (await stat(local)).size) return;
  }
  throw new Fault({
    what: `copy of ${remote} in pod ${place.name}`,
    why: `kubectl exec lost a part of it ${COPIES} times`,
    todo: 'run the command again',
  });
}
