import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostNamespace } from '@tenantry/tenants';
import { replaceWorkload } from '../../../scripts/lib/dev/example.ts';
import {
  AGE_KEY as KEY,
  AGE_RECIPIENT as RECIPIENT,
  askByName,
  askSteadily,
  askUntil,
  type Checkout,
  copyCheckout,
  directory,
  editSecrets,
  GATEWAY_HOST,
  type GatewayAddress,
  host,
  installGateway,
  missedHoles,
  namespaceHoles,
  nodeImageByDigest,
  pnpmOk,
  type Postgres,
  removeSecrets,
  type RunOptions,
  startPostgres,
  type SteadyClient,
  timed,
  verify,
  withHoles,
  writeRecipients,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(10 * 60_000);

const EXAMPLE = 'examples/shop';
const SHOPS = [
  { id: 'rosa', greeting: 'Shop of Rosa: dark, prices in £', stock: ['cups & saucers ✋', 'tea'] },
  { id: 'theo', greeting: 'Shop of Theo: light, prices in $', stock: ['coffee'] },
  { id: 'vera', greeting: 'Shop of Vera: light, prices in €', stock: [] },
] as const;
type Id = (typeof SHOPS)[number]['id'];
const IDS = SHOPS.map(({ id }) => id);

const ROSAS_OWN_NAME = 'shop.rosa.example';
const nameOf = (id: Id) => `${id}.${GATEWAY_HOST.domain}`;

const SECRETS = join(directory, 'secrets');
const ARCHIVES = join(directory, 'archives');

const running = new AsyncDisposableStack();
let reached: GatewayAddress;
/** A checkout whose workload is the shop. */
let checkout: Checkout;
const databases = new Map<Id, Postgres>();
/** Vera's customer, who asks from the first deploy to the end of all tests. */
let customer: SteadyClient | undefined;

const shop = (args: readonly string[], options: RunOptions = {}) =>
  pnpmOk(args, { ...options, cwd: checkout.path, env: { SOPS_AGE_KEY: KEY } });

beforeAll(async () => {
  rmSync(ARCHIVES, { recursive: true, force: true });
  reached = await timed('a Gateway', () => installGateway([ROSAS_OWN_NAME]));
  const image = await nodeImageByDigest();
  checkout = running.use(
    await copyCheckout((path) => {
      replaceWorkload(path, EXAMPLE);
      if (image !== null) replaceNodeImage(path, image);
    }),
  );
  writeRecipients(RECIPIENT);
  for (const { id, stock } of SHOPS) databases.set(id, running.use(await openDatabase(stock)));
  writeTenants(shopTenants());
  for (const { id } of SHOPS) await editSecretsOf(id);
  await shop(['synth']);
  // Where nothing of Traefik is compiled yet.
}, 60 * 60_000);

afterAll(async () => {
  await customer?.stop();
  const namespaces = IDS.map((id) => hostNamespace(id));
  await host(['delete', 'namespace', ...namespaces, '--ignore-not-found', '--wait=false']);
  removeSecrets();
  await running.disposeAsync();
});

/** The one image that is pulled is one that this machine's node has, by its own digest. */
function replaceNodeImage(path: string, image: string): void {
  const file = join(path, 'packages/workload/src/workload.ts');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/gcr\.io\/\S+@sha256:[0-9a-f]{64}/, image));
}

async function openDatabase(stock: readonly string[]): Promise<Postgres> {
  const database = await startPostgres();
  await database.query('CREATE TABLE stock (item text)');
  for (const item of stock) await database.query(`INSERT INTO stock VALUES ('${item}')`);
  return database;
}

function databaseOf(id: Id): Postgres {
  const database = databases.get(id);
  if (database === undefined) throw new Error(`${id} has no database yet`);
  return database;
}

/** The example's, behind the Gateway: each on a plan that leads to its own database, Rosa the canary. */
function shopTenants(): object {
  const { plans, tenants, ...rest } = JSON.parse(
    readFileSync(join(checkout.path, EXAMPLE, 'tenants.json'), 'utf8'),
  ) as { plans: { shop: object }; tenants: readonly { id: Id; settings?: object }[] };
  const own = IDS.map((id) => {
    const { host: address, port } = databaseOf(id);
    return [id, { ...plans.shop, egress: [{ cidr: `${address}/32`, ports: [port] }] }] as const;
  });
  const rosas = { hostnames: [ROSAS_OWN_NAME], release: 'canary' };
  return {
    ...rest,
    host: GATEWAY_HOST,
    plans: { ...plans, ...Object.fromEntries(own) },
    tenants: tenants.map((tenant) => ({
      ...tenant,
      plan: tenant.id,
      ...(tenant.id === 'rosa' && rosas),
      settings: { ...tenant.settings, secrets: secretsOf(tenant.id).map(({ name }) => name) },
    })),
  };
}

/** Rosa alone takes payments. */
function secretsOf(id: Id) {
  const { host: address, port, user, password } = databaseOf(id);
  const url = `postgres://${user}:${password}@${address}:${port}/postgres`;
  const stock = { name: 'stock', values: { url } };
  return id === 'rosa' ? [{ name: 'payment', values: { key: 'of hers' } }, stock] : [stock];
}

async function editSecretsOf(id: Id): Promise<void> {
  const edited = await editSecrets(id, KEY, secretsOf(id), { cwd: checkout.path });
  expect(edited).toMatchObject({ exitCode: 0 });
}

/** Has a shop's CronJob run now; what it prints, and its image. */
async function report(id: Id): Promise<readonly string[]> {
  const image = 'jsonpath={.spec.template.spec.containers[0].image}';
  const script = `set -e; k() { kubectl -n default "$@"; }
    k create job now --from=cronjob/report >/dev/null
    k wait --for=condition=Complete job/now --timeout=120s >/dev/null
    k logs job/now
    k get job/now -o '${image}'`;
  const { stdout } = await shop(['--silent', 'connect', id, '--', 'sh', '-c', script]);
  return stdout.split('\n');
}

const ask = (id: Id, path: string) => askByName(reached, nameOf(id), path);
const settled = (name: string, status: number) => askUntil(reached, name, '/', status);

/** What starts anew has its front ready before its DNS knows where the orders are. */
async function items(id: Id): Promise<readonly string[]> {
  const { body } = await askUntil(reached, nameOf(id), '/orders', 200);
  return (JSON.parse(body) as { item: string }[]).map(({ item }) => item);
}

async function order(id: Id, ...ordered: readonly string[]): Promise<void> {
  await items(id);
  for (const item of ordered) {
    const query = new URLSearchParams({ item }).toString();
    const { status } = await askByName(reached, nameOf(id), `/orders?${query}`, 'POST');
    expect(status).toBe(201);
  }
}

function startCustomer({ id, greeting }: (typeof SHOPS)[number]): SteadyClient {
  return askSteadily(() => ask(id, '/'), greeting);
}

describe('another workload, by the same commands', () => {
  test(
    'three shops are deployed, and nothing is left to do',
    async () => {
      const { stdout } = await timed('pnpm deploy', () => shop(['deploy']));
      for (const { id, greeting } of SHOPS) expect(stdout).toContain(`${id}: ${greeting}`);
      expect((await shop(['deploy'])).stdout).toContain('nothing changed: 3 of 3');
      expect((await shop(['status'])).stdout).toContain(`${nameOf('rosa')} ${ROSAS_OWN_NAME}`);
    },
    20 * 60_000,
  );

  test('each is reached by its own name over TLS, and has its own settings', async () => {
    for (const { id, greeting } of SHOPS) {
      expect(await settled(nameOf(id), 200)).toEqual({ status: 200, body: greeting });
    }
    expect((await settled(ROSAS_OWN_NAME, 200)).body).toBe(SHOPS[0].greeting);
    expect((await askByName(reached, `olga.${GATEWAY_HOST.domain}`, '/')).status).toBe(404);
    customer = startCustomer(SHOPS[2]);
  });

  test('each has its own Secrets, and by them a database of its own', async () => {
    for (const { id, stock } of SHOPS) {
      const { status, body } = await ask(id, '/stock');
      expect([id, status, body]).toEqual([id, 200, JSON.stringify(stock)]);
    }
    expect((await ask('rosa', '/payments')).body).toBe('on');
    expect((await ask('theo', '/payments')).body).toBe('off');
  });

  test('each has its orders on a volume of its own, and a CronJob reads them with an image by digest', async () => {
    await order('rosa', 'tea', 'cups & saucers ✋');
    await order('theo', 'coffee');
    const ordered = { rosa: ['tea', 'cups & saucers ✋'], theo: ['coffee'], vera: [] };
    const reports = await Promise.all(IDS.map(report));
    for (const [index, id] of IDS.entries()) {
      expect([id, await items(id)]).toEqual([id, ordered[id]]);
      expect(reports[index]).toEqual([
        expect.stringMatching(new RegExp(`^${ordered[id].length} orders, \\d open$`)),
        expect.stringMatching(/@sha256:[0-9a-f]{64}$/),
      ]);
    }
  });
});

describe('verify', () => {
  const options = () => ({ cwd: checkout.path });

  test('finds what is expected: each database open to its own shop, and nothing else', async () => {
    const { rows, summary } = await timed('pnpm verify', () => verify([], options()));
    process.stderr.write(`verify: ${JSON.stringify(summary)}\n`);
    expect(rows.filter(({ verdict }) => !/^(ok|policy)$/.test(verdict))).toEqual([]);
    const outside = IDS.map((id) => `outside-${databaseOf(id).host}-${databaseOf(id).port}`);
    const verdicts = new Map(rows.map(({ id, verdict }) => [id, verdict]));
    const probes = IDS.flatMap((id) => outside.map((name) => `${id}/network/${name}`));
    expect(probes.map((id) => [id, verdicts.get(id)])).toEqual(probes.map((id) => [id, 'ok']));
  });

  test('names each hole that somebody has opened', async () => {
    const holes = namespaceHoles({ alice: 'rosa', bob: 'theo', carol: 'vera' });
    const found = await timed('pnpm verify with holes', () =>
      withHoles(holes, () => verify([], options())),
    );
    process.stderr.write(`${holes.length} holes: ${JSON.stringify(found.summary)}\n`);
    expect(missedHoles(holes, found)).toEqual([]);
    expect(found.exitCode).toBe(1);
    await shop(['plan', '--exit-code']);
  });
});

describe('a release', () => {
  const FRONT = `${EXAMPLE}/service/src/web.ts`;
  const livez = async () => Promise.all(IDS.map(async (id) => (await ask(id, '/livez')).body));
  let customers: readonly SteadyClient[] = [];

  beforeAll(async () => {
    customers = SHOPS.slice(0, 2).map(startCustomer);
    // What all have is what the others keep.
    await shop(['promote', 'canary', 'stable']);
    const file = join(checkout.path, FRONT);
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(".send('ok')", ".send('new')");
    expect(changed).not.toBe(text);
    writeFileSync(file, changed);
  });
  afterAll(() => Promise.all(customers.map((client) => client.stop())));

  test('is tried by one shop, and the YAML of no other changes', async () => {
    expect((await shop(['--silent', 'synth'])).stdout).toMatch(
      /^rosa: tenant\.json, \S+\/[^\n]*\n1 changed, 3 tenants/,
    );
    const { stdout } = await timed('deploy of a canary', () => shop(['deploy']));
    expect(stdout).toContain('theo: nothing changed');
    expect(stdout).toContain('vera: nothing changed');
    expect(await livez()).toEqual(['new', 'ok', 'ok']);
  });

  test('is promoted to all, and no request of anybody’s has failed', async () => {
    const { stdout } = await shop(['promote', 'canary', 'stable']);
    expect(stdout).toMatch(/stable: shop tenantry\/shop:[0-9a-f]{12}/);
    const deployed = await timed('deploy of a promotion', () => shop(['deploy']));
    expect(deployed.stdout).toContain('rosa: nothing changed');
    expect(await livez()).toEqual(['new', 'new', 'new']);
    const seen = await Promise.all(customers.map((client) => client.stop()));
    expect(seen.flatMap(({ failures }) => failures)).toEqual([]);
    const requests = seen.map((each) => each.requests);
    process.stderr.write(`canary and promotion: ${requests.join(' + ')} requests, 0 failed\n`);
    expect(Math.min(...requests)).toBeGreaterThan(50);
  });
});

test('a paused shop says so, and has its orders when it is resumed', async () => {
  await shop(['pause', 'theo']);
  const [pods, paused] = await Promise.all([
    host(['get', 'pods', '-n', hostNamespace('theo'), '-o', 'name']),
    settled(nameOf('theo'), 503),
  ]);
  expect(pods).toBe('');
  expect(paused).toEqual({ status: 503, body: expect.stringContaining('This service is paused') });
  expect((await shop(['resume', 'theo'])).stdout).toContain(`theo: ${SHOPS[1].greeting}`);
  expect((await settled(nameOf('theo'), 200)).body).toBe(SHOPS[1].greeting);
  expect(await items('theo')).toEqual(['coffee']);
});

describe('a shop that ends', () => {
  const secrets = join(SECRETS, 'rosa.yaml');
  const inGit = join(directory, 'rosa.yaml');
  const file = () =>
    JSON.parse(readFileSync(join(directory, 'tenants.json'), 'utf8')) as {
      readonly tenants: readonly { readonly id: string }[];
      readonly offboarded: readonly object[];
    };
  const entryOf = (id: Id) => file().tenants.find((tenant) => tenant.id === id);
  let before: ReturnType<typeof entryOf>;

  test('is archived with the data on its volume, which is tried out first', async () => {
    before = entryOf('rosa');
    copyFileSync(secrets, inGit);
    const { stdout, stderr } = await timed('pnpm offboard', () =>
      shop(['offboard', 'rosa', '--confirm', 'rosa']),
    );
    expect(stderr).toMatch(/rosa: data of orders-0 restored into a new volume, the same \d+ bytes/);
    expect(stdout).toContain('rosa: offboarded; no leftovers');
    expect(file().offboarded).toMatchObject([{ id: 'rosa', volumes: 1, archivedVolumes: 1 }]);
    expect((await settled(ROSAS_OWN_NAME, 404)).status).toBe(404);
  });

  test('comes back under its names, on its release, with its settings, Secrets and orders', async () => {
    const archive = readdirSync(ARCHIVES).find((name) => name.endsWith('.tar')) ?? '';
    const { stdout } = await timed('pnpm restore', () =>
      shop(['restore', 'rosa', '--from', join(ARCHIVES, archive)]),
    );
    expect(stdout).toMatch(/rosa: data of orders-0 compared, the same \d+ bytes/);
    expect(stdout).toContain(`rosa: ${SHOPS[0].greeting}`);
    expect(entryOf('rosa')).toEqual(before);
    for (const name of [nameOf('rosa'), ROSAS_OWN_NAME]) {
      expect((await settled(name, 200)).body).toBe(SHOPS[0].greeting);
    }
    expect((await ask('rosa', '/stock')).body).toBe(JSON.stringify(SHOPS[0].stock));
    expect((await ask('rosa', '/payments')).body).toBe('on');
    expect(await items('rosa')).toEqual(['tea', 'cups & saucers ✋']);
    await order('rosa', 'sugar');
    expect(await items('rosa')).toEqual(['tea', 'cups & saucers ✋', 'sugar']);
  });

  test('has its Secrets from Git again', async () => {
    copyFileSync(inGit, secrets);
    await shop(['deploy', 'rosa']);
    expect((await shop(['deploy', 'rosa'])).stdout).toContain('nothing changed: 1 of 1');
    expect((await ask('rosa', '/payments')).body).toBe('on');
  });
});

test('whatever became of the others, no request of Vera’s customer has failed', async () => {
  const { requests = 0, failures } = (await customer?.stop()) ?? {};
  process.stderr.write(`Vera’s customer: ${requests} requests, ${failures?.length} failed\n`);
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(500);
});
