import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLUX_NAMESPACE } from '@tenantry/tenants';
import { ExpectedError, Fault } from '../cli/errors.ts';
import { quietShell, run } from '../cli/shell.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { Workspace } from '../cli/workspace.ts';
import type { KubeClient } from '../kube/client.ts';
import { forwardToPod } from '../kube/connect.ts';
import { list } from '../kube/requests.ts';
import { poll } from '../kube/wait.ts';
import { readSource, requestPull, type SourceArtifact } from './flux-objects.ts';

/** A registry that does not answer is asked again, later each time. */
const PULL_TIMEOUT_SECONDS = 150;
/** Where source-controller serves artifacts. */
const ARTIFACT_PORT = 9090;
const LINES_SHOWN = 12;

type Here = Pick<Workspace, 'dist' | 'secrets' | 'state'>;

/**
 * Has Flux's source pull now, and holds what it has against dist/ and secrets/ as they lie here, byte
 * for byte: the registry's are what Flux applies. @throws Fault with what differs, WaitError where it
 * has nothing
 */
export async function pullSame(host: KubeClient, here: Here, signal: AbortSignal): Promise<void> {
  const asked = await requestPull(host);
  await poll(
    async () => {
      const { artifact, fault, requestedAt } = await readSource(host);
      if (requestedAt !== asked || artifact === null) {
        return { done: false, diagnostics: fault || 'Flux has not looked yet' };
      }
      const differences = await differencesFrom(await download(host, artifact), here);
      if (differences === '') return { done: true, result: undefined };
      throw new Fault({
        what: `${artifact.revision} in the registry`,
        why: `it is not what lies here:\n${differences}`,
        todo: 'merge what lies here and have it pushed, or fetch what is merged, and run the command again',
      });
    },
    { what: 'dist/ in the registry', timeoutSeconds: PULL_TIMEOUT_SECONDS, signal },
  );
}

/** @throws ExpectedError where it cannot be had, or is not what its digest says */
async function download(host: KubeClient, { path, digest }: SourceArtifact): Promise<Buffer> {
  const pods = await list(host, {
    kind: 'Pod',
    namespace: FLUX_NAMESPACE,
    selector: 'app=source-controller',
  });
  const [pod] = pods;
  if (pod === undefined) throw new ExpectedError(`no source-controller runs in ${FLUX_NAMESPACE}`);
  await using forward = await forwardToPod(
    host,
    { namespace: FLUX_NAMESPACE, name: pod.metadata.name },
    ARTIFACT_PORT,
  );
  const answer = await fetch(`http://127.0.0.1:${forward.port}/${path}`);
  if (!answer.ok) throw new ExpectedError(`source-controller: ${path}: ${answer.status}`);
  const data = Buffer.from(await answer.arrayBuffer());
  const found = `sha256:${createHash('sha256').update(data).digest('hex')}`;
  if (found !== digest) throw new ExpectedError(`source-controller: ${path} is ${found}`);
  return data;
}

/** What differs from dist/ and secrets/, a line each; empty where nothing does. */
export async function differencesFrom(
  archive: Buffer,
  { dist, secrets, state }: Here,
): Promise<string> {
  using work = privateDirectory(state, 'artifact');
  const file = join(work.path, 'artifact.tar.gz');
  const content = join(work.path, 'content');
  writeFileSync(file, archive);
  mkdirSync(content);
  const $ = quietShell();
  await run($, 'tar', ['--extract', '--gzip', '--file', file, '--directory', content]);
  const lines: string[] = [];
  for (const [name, directory] of [
    ['dist', dist],
    ['secrets', secrets],
  ] as const) {
    const pulled = join(content, name);
    mkdirSync(pulled, { recursive: true });
    // Of what is hidden, as .sops.yaml, a source takes nothing.
    const flags = ['--recursive', '--brief', '--new-file', '--no-dereference', '--exclude=.*'];
    const { exitCode, stdout, stderr } = await $({
      nothrow: true,
    })`diff ${flags} ${directory} ${pulled}`;
    if (exitCode === 0) continue;
    if (exitCode !== 1) throw new ExpectedError(`diff: ${stderr.trim()}`);
    lines.push(...stdout.trim().replaceAll(`${content}/`, 'registry:').split('\n'));
  }
  const more = lines.length > LINES_SHOWN ? [`and ${lines.length - LINES_SHOWN} more`] : [];
  return [...lines.slice(0, LINES_SHOWN), ...more].join('\n');
}
