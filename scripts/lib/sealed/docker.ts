import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { ensurePackages, lastLines } from './apt.ts';
import { goInstall } from './go-install.ts';
import { raiseInotifyLimits } from './kernel.ts';
import { withLock } from '../cli/file-lock.ts';
import { checkRoot } from './preflight.ts';
import { storeDirectory } from './store.ts';

const startDeadline = 60_000;
/** Bit of CAP_SYS_RESOURCE in the capability sets of /proc. */
const sysResource = 24n;

/**
 * Starts a Docker engine where none answers. It outlives the command; its log is `dockerd.log` in
 * the cache.
 */
export async function startDocker($: Shell, report: Report, cache: string): Promise<void> {
  if (process.getuid?.() === 0) await raiseInotifyLimits(report);
  if (await answers($)) {
    report.skip('Docker engine', 'running');
    return;
  }
  checkRoot();
  await ensurePackages($, report, ['docker.io']);
  await withLock(path.join(storeDirectory(cache), 'dockerd.lock'), async () => {
    if (await answers($)) return;
    const flags = await runtimeFlags($, report, cache);
    await report.step('Docker engine', async () => launch($, cache, flags));
  });
}

async function answers($: Shell): Promise<boolean> {
  const result = await $({ nothrow: true })`docker info --format ${'{{.ServerVersion}}'}`;
  return result.exitCode === 0 && result.stdout.trim() !== '';
}

/** A host that may not grant CAP_SYS_RESOURCE gets a runtime that does not ask for it. */
async function runtimeFlags($: Shell, report: Report, cache: string): Promise<string[]> {
  const status = await readFile('/proc/self/status', 'utf8');
  if (mayGrant(status, sysResource)) return [];
  const directory = await goInstall($, report, cache, 'runtime');
  const runtime = path.join(directory, 'runc-capped');
  return ['--add-runtime', `capped=${runtime}`, '--default-runtime', 'capped'];
}

/** Whether the bounding set in a /proc status file holds a capability, by its bit. */
export function mayGrant(status: string, bit: bigint): boolean {
  const hex = /^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1];
  return hex === undefined || (BigInt(`0x${hex}`) & (1n << bit)) !== 0n;
}

async function launch($: Shell, cache: string, flags: readonly string[]): Promise<void> {
  await mkdir(storeDirectory(cache), { recursive: true });
  await dropStalePid('/var/run/docker.pid', 'dockerd');
  await dropStalePid('/var/run/docker/containerd/containerd.pid', 'containerd');
  const file = path.join(storeDirectory(cache), 'dockerd.log');
  const log = await open(file, 'w');
  const daemon = spawn('dockerd', flags, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
  });
  const ended = new Promise<string>((resolve) => {
    daemon.once('error', (error) => resolve(error.message));
    daemon.once('exit', (code) => resolve(`dockerd ended with code ${String(code)}`));
  });
  daemon.unref();
  await log.close();
  const deadline = Date.now() + startDeadline;
  while (!(await answers($))) {
    const end = await Promise.race([ended, sleep(500)]);
    if (end === undefined && Date.now() < deadline) continue;
    throw new Fault({
      what: 'the Docker engine did not start',
      why: `${end ?? 'no answer in 60 s'}\n${lastLines(await readFile(file, 'utf8'))}`,
      todo: `read ${file}, or start a Docker engine yourself`,
    });
  }
}

/** Removes the pid file of a daemon that is gone, whose number another process may have now. */
async function dropStalePid(file: string, name: string): Promise<void> {
  const pid = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (pid === '') return;
  const command = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
  if (command !== name) await rm(file, { force: true });
}
