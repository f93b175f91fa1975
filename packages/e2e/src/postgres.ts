import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { ensurePackages, machineAddress } from './machine.ts';

/** A PostgreSQL on this machine: for a pod it is a database outside of the cluster. */
export interface Postgres extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Runs SQL in the database `postgres`; what psql prints, without headings. */
  query(sql: string): Promise<string>;
}

const USER = 'postgres';
const PROGRAMS = '/usr/lib/postgresql';
const START_MILLISECONDS = 60_000;

/** Starts one on a free port, with Debian's packages, in a directory that goes with it. */
export async function startPostgres(): Promise<Postgres> {
  await ensurePackages('postgresql');
  const [host, port, owner] = await Promise.all([machineAddress(), freePort(), ownerOf(USER)]);
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-postgres-'));
  if (owner !== null) chownSync(directory, owner.uid, owner.gid);
  const version = readdirSync(PROGRAMS).toSorted((a, b) => Number(b) - Number(a))[0] ?? '';
  const bin = (name: string) => join(PROGRAMS, version, 'bin', name);
  const options = { cwd: directory, stdin: 'ignore', ...owner } as const;

  const data = join(directory, 'data');
  const password = randomUUID();
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password);
  const auth = ['--auth-local', 'trust', '--auth-host', 'password', '--pwfile', passwordFile];
  const how = ['--pgdata', data, '--no-sync', '--username', USER, ...auth];
  await execa(bin('initdb'), how, options);
  appendFileSync(join(data, 'pg_hba.conf'), 'host all all all password\n');
  const listen = ['-h', host, '-p', String(port), '-k', directory];
  const server = execa(bin('postgres'), ['-D', data, ...listen, '-c', 'fsync=off'], {
    ...options,
    reject: false,
  });
  const stop = async () => {
    // Fast shutdown: clients are sent away.
    server.kill('SIGINT');
    await server;
    rmSync(directory, { recursive: true, force: true });
  };
  const query = async (sql: string) => {
    const flags = ['-h', directory, '-p', String(port), '-U', USER, '--no-psqlrc', '-At', '-c'];
    return (await execa(bin('psql'), [...flags, sql], options)).stdout;
  };
  const end = Date.now() + START_MILLISECONDS;
  for (;;) {
    try {
      await query('select 1');
      break;
    } catch (error) {
      if (Date.now() > end || server.exitCode !== null) {
        await stop();
        throw new Error(`PostgreSQL does not start: ${(await server).stderr}`, { cause: error });
      }
      await sleep(200);
    }
  }
  return { host, port, user: USER, password, query, [Symbol.asyncDispose]: stop };
}

/** It refuses to run as root; null where this process is not. */
async function ownerOf(user: string): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const id = async (flag: string) => Number((await execa('id', [flag, user])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
