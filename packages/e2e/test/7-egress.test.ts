import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { hostNamespace } from '@tenantry/tenants';
import {
  host,
  type Nameserver,
  pnpm,
  pnpmOk,
  type Postgres,
  referenceTenants,
  startNameserver,
  startPostgres,
  syncedService,
  verify,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(10 * 60_000);

const NAME = 'database.example.com';

let database: Postgres;
let other: Postgres;
let nameserver: Nameserver;
const outside = new AsyncDisposableStack();

beforeAll(async () => {
  database = outside.use(await startPostgres());
  other = outside.use(await startPostgres());
  nameserver = outside.use(await startNameserver({ [NAME]: database.host }));
  await database.query("create table owners as select 'the one that is open' as name");
  await other.query("create table owners as select 'the one beside it' as name");
});

afterAll(async () => {
  await outside.disposeAsync();
  writeTenants(referenceTenants());
  await pnpmOk(['synth']);
  await pnpmOk(['deploy']);
});

/** Alice's plan is one with these keys more; Bob's is the one that all have. */
async function deployAlice(keys: object): Promise<void> {
  const { plans, tenants, ...rest } = referenceTenants() as {
    plans: { small: object };
    tenants: readonly { id: string }[];
  };
  writeTenants({
    ...rest,
    plans: { ...plans, data: { ...plans.small, ...keys } },
    tenants: tenants.map((one) => (one.id === 'alice' ? { ...one, plan: 'data' } : one)),
  });
  await pnpmOk(['synth']);
}

/** PostgreSQL's own protocol, as far as one question takes it: nothing has to be in the pod but Node. */
const ASK = `
const [host, port, user, password, sql] = process.argv.slice(1);
const message = (type, ...texts) => {
  const body = Buffer.from(texts.map((text) => text + '\\0').join(''));
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const socket = require('node:net').connect({ host, port, timeout: 30_000 });
const end = (text) => { console.log(text); process.exit(); };
let read = Buffer.alloc(0);
socket
  .on('error', ({ code }) => end(code))
  .on('timeout', () => end('timeout'))
  .on('connect', () => socket.write(message('', '\\0\\x03\\0\\0user', user, 'database', 'postgres', '')))
  .on('data', (data) => {
    read = Buffer.concat([read, data]);
    while (read.length >= 5 && read.length > read.readInt32BE(1)) {
      const length = read.readInt32BE(1) + 1;
      const [type, body] = [String.fromCharCode(read[0]), read.subarray(5, length)];
      read = read.subarray(length);
      if (type === 'R' && body.readInt32BE(0) === 3) socket.write(message('p', password));
      if (type === 'Z') socket.write(message('Q', sql));
      if (type === 'D') end(body.subarray(6).toString());
      if (type === 'E') end(body.toString());
    }
  });
`;

/** What a tenant's service gets to hear of a database: the name in it, or why it hears nothing. */
async function ask(id: string, { port, user, password }: Postgres, at: string): Promise<string> {
  const service = `svc/${syncedService(id)}`;
  const node = ['/nodejs/bin/node', '-e', ASK];
  const question = [at, String(port), user, password, 'select name from owners'];
  const said = await host(['exec', '-n', hostNamespace(id), service, '--', ...node, ...question]);
  return said.trim();
}

/**
 * The same once the name is known: the kubelet renews a pod's files every minute and a half, and
 * CoreDNS looks at them every half minute.
 */
async function askByName(id: string, of: Postgres): Promise<string> {
  const deadline = performance.now() + 5 * 60_000;
  for (;;) {
    const said = await ask(id, of, NAME);
    if (!NO_NAME.test(said) || performance.now() > deadline) return said;
  }
}

const NO_CONNECTION = /^(ECONNREFUSED|ETIMEDOUT|timeout)$/;
const NO_NAME = /^(ENOTFOUND|EAI_AGAIN)$/;

describe('a database outside of the cluster, whose port a plan opens', () => {
  beforeAll(async () => {
    const egress = [{ cidr: `${database.host}/32`, ports: [database.port] }];
    await deployAlice({ egress, nameservers: [nameserver.address] });
    await pnpmOk(['deploy']);
  });

  test('answers the tenant on that plan, by its address and by its name', async () => {
    expect(await ask('alice', database, database.host)).toBe('the one that is open');
    expect(await askByName('alice', database)).toBe('the one that is open');
  });

  test('answers no other tenant, which cannot look its name up either', async () => {
    expect(await ask('bob', database, database.host)).toMatch(NO_CONNECTION);
    expect(await ask('bob', database, NAME)).toMatch(NO_NAME);
  });

  test('answers on no port beside it', async () => {
    expect(await ask('alice', other, other.host)).toMatch(NO_CONNECTION);
  });

  test('is what verify knows to be open, and all else is refused', async () => {
    const { rows, summary } = await verify();
    const name = `outside-${database.host}-${database.port}`;
    const verdictOf = (id: string) => rows.find((row) => row.id === id)?.verdict;
    expect(['alice', 'bob', 'host'].map((id) => verdictOf(`${id}/network/${name}`))).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(rows.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['alice/network/egress-1', 'alice/network/nameservers']),
    );
    // Tenants of other tests may live on this cluster.
    const ours = rows.filter(({ id }) => !id.endsWith('/host/orphan'));
    expect(ours.filter(({ verdict }) => !/^(ok|policy)$/.test(verdict))).toEqual([]);
    expect(summary).toMatchObject({ open: 0, broken: 0 });
  });
});

test('another port is opened, and the first one closed, by the next deploy', async () => {
  await deployAlice({ egress: [{ cidr: `${other.host}/32`, ports: [other.port] }] });
  await pnpmOk(['deploy', 'alice']);
  expect(await ask('alice', other, other.host)).toBe('the one beside it');
  expect(await ask('alice', database, database.host)).toMatch(NO_CONNECTION);
  expect(await ask('alice', other, NAME)).toMatch(NO_NAME);
});

test('a block that the cluster itself is in is refused, and nothing is written', async () => {
  const path = 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}';
  const [address] = (await host(['get', 'nodes', '-o', path])).split(' ');
  const cidr = `${address}/32`;
  await deployAlice({ egress: [{ cidr, ports: [10_250] }] });
  const { exitCode, stderr } = await pnpm(['run', 'deploy', 'alice']);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain(`egress leads to ${cidr}`);
  expect(await ask('alice', other, other.host)).toBe('the one beside it');
});
