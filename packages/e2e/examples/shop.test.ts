import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  copyFileSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syncedName } from '@tenantry/tenants';
import {
  copyCheckout,
  get,
  host,
  nodeImageByDigest,
  pnpmOk,
  root,
  timed,
  verify,
  withPortForward,
} from '../src/index.ts';

jest.setTimeout(8 * 60_000);

const EXAMPLE = join(root, 'examples/shop');
const SHOPS = [
  { id: 'rosa', port: 3201, greeting: 'Shop of Rosa: dark, prices in £' },
  { id: 'theo', port: 3202, greeting: 'Shop of Theo: light, prices in $' },
  { id: 'vera', port: 3203, greeting: 'Shop of Vera: light, prices in €' },
] as const;
type Id = (typeof SHOPS)[number]['id'];

const running = new AsyncDisposableStack();
/** A checkout whose workload is the shop, and a directory of its own; the cluster is the others'. */
let shop: { readonly cwd: string; readonly env: Readonly<Record<string, string>> };
let directory = '';

beforeAll(async () => {
  await pnpmOk(['cluster']);
  const image = await nodeImageByDigest();
  const checkout = running.use(
    await copyCheckout((path) => {
      for (const file of ['workload.ts', 'chart.ts']) {
        copyFileSync(join(EXAMPLE, file), join(path, 'packages/workload/src', file));
      }
      if (image !== null) replaceNodeImage(path, image);
    }),
  );
  const place = running.adopt(mkdtempDisposableSync(join(tmpdir(), 'tenantry-e2e-shop-')), (made) =>
    made.remove(),
  );
  directory = place.path;
  shop = { cwd: checkout.path, env: { TENANTRY_DIR: directory } };
  copyFileSync(join(EXAMPLE, 'tenants.json'), join(directory, 'tenants.json'));
  await pnpmOk(['synth'], shop);
}, 30 * 60_000);

afterAll(async () => {
  const namespaces = SHOPS.map(({ id }) => `vcluster-tenant-${id}`);
  await host(['delete', 'namespace', ...namespaces, '--ignore-not-found', '--wait=false']);
  await running.disposeAsync();
});

/** The one image that is pulled is one that this machine's node has, by its own digest. */
function replaceNodeImage(path: string, image: string): void {
  const file = join(path, 'packages/workload/src/workload.ts');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/gcr\.io\/\S+@sha256:[0-9a-f]{64}/, image));
}

/** kubectl in the context of a shop's tenant. */
async function inside(id: Id, args: readonly string[]): Promise<string> {
  const command = ['--silent', 'connect', id, '--', 'kubectl', '-n', 'default', ...args];
  return (await pnpmOk(command, shop)).stdout;
}

/** Asks a shop over its synced Service. */
function ask<T>(id: Id, action: (url: string) => Promise<T>): Promise<T> {
  const port = SHOPS.find((each) => each.id === id)?.port ?? 0;
  return withPortForward(
    `vcluster-tenant-${id}`,
    syncedName('shop', 'default', id),
    `${port}:80`,
    () => action(`http://localhost:${port}`),
  );
}

const items = (id: Id) =>
  ask(id, async (url) =>
    (JSON.parse((await get(`${url}/orders`)).body) as { item: string }[]).map(({ item }) => item),
  );

async function order(id: Id, ...ordered: readonly string[]): Promise<void> {
  await ask(id, async (url) => {
    await get(url);
    for (const item of ordered) {
      const query = new URLSearchParams({ item }).toString();
      const { status } = await fetch(`${url}/orders?${query}`, { method: 'POST' });
      expect(status).toBe(201);
    }
  });
}

describe('another workload, by the same commands', () => {
  test('three shops are deployed, each with its settings, and nothing is left to do', async () => {
    const { stdout } = await timed('pnpm deploy', () => pnpmOk(['deploy'], shop));
    for (const { id, greeting } of SHOPS) expect(stdout).toContain(`${id}: ${greeting}`);
    expect((await pnpmOk(['deploy'], shop)).stdout).toContain('nothing changed: 3 of 3');
    await pnpmOk(['status'], shop);
  });

  test('a Secret is one tenant’s own', async () => {
    await inside('rosa', ['create', 'secret', 'generic', 'payment', '--from-literal=key=hers']);
    await inside('rosa', ['rollout', 'restart', 'deployment/web']);
    await inside('rosa', ['rollout', 'status', 'deployment/web', '--timeout=120s']);
    const payments = (id: Id) => ask(id, async (url) => (await get(`${url}/payments`)).body);
    expect(await payments('rosa')).toBe('on');
    expect(await payments('theo')).toBe('off');
  });

  test('orders lie on the tenant’s own volume, and its CronJob reads them with an image by digest', async () => {
    await order('rosa', 'tea', 'cups & saucers ✋');
    await order('theo', 'coffee');
    expect(await items('rosa')).toEqual(['tea', 'cups & saucers ✋']);
    expect(await items('theo')).toEqual(['coffee']);
    expect(await items('vera')).toEqual([]);
    await inside('rosa', ['create', 'job', 'now', '--from=cronjob/report']);
    await inside('rosa', ['wait', '--for=condition=Complete', 'job/now', '--timeout=120s']);
    expect(await inside('rosa', ['logs', 'job/now'])).toMatch(/^2 orders, \d open$/);
    const image = await inside('rosa', [
      'get',
      'job/now',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].image}',
    ]);
    expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  test('verify finds what is expected, and nothing open', async () => {
    const { exitCode, open, rows } = await timed('pnpm verify', () => verify([], shop));
    expect([exitCode, open]).toEqual([0, []]);
    expect(rows.filter(({ verdict }) => verdict === 'broken')).toEqual([]);
  });

  test('a paused shop has its orders when it is resumed', async () => {
    await pnpmOk(['pause', 'theo'], shop);
    const pods = await host(['get', 'pods', '-n', 'vcluster-tenant-theo', '-o', 'name']);
    expect(pods).toBe('');
    expect((await pnpmOk(['resume', 'theo'], shop)).stdout).toContain('theo: Shop of Theo');
    expect(await items('theo')).toEqual(['coffee']);
  });
});

describe('a shop that ends', () => {
  const archived = () =>
    readdirSync(join(directory, 'archives')).find((name) => name.endsWith('.tar'));

  test('is archived with the data on its volume, which is tried out first', async () => {
    const { stdout, stderr } = await timed('pnpm offboard', () =>
      pnpmOk(['offboard', 'rosa', '--confirm', 'rosa'], shop),
    );
    expect(stderr).toMatch(/rosa: data of orders-0 restored into a new volume, the same \d+ bytes/);
    expect(stdout).toContain('rosa: offboarded; no leftovers');
    const { offboarded } = JSON.parse(readFileSync(join(directory, 'tenants.json'), 'utf8')) as {
      offboarded: readonly object[];
    };
    expect(offboarded).toMatchObject([{ id: 'rosa', volumes: 1, archivedVolumes: 1 }]);
  });

  test('comes back with its settings, its Secret and its orders', async () => {
    const archive = join(directory, 'archives', archived() ?? '');
    const { stdout } = await timed('pnpm restore', () =>
      pnpmOk(['restore', 'rosa', '--from', archive], shop),
    );
    expect(stdout).toMatch(/rosa: data of orders-0 compared, the same \d+ bytes/);
    expect(stdout).toContain('rosa: Shop of Rosa: dark, prices in £');
    expect(await items('rosa')).toEqual(['tea', 'cups & saucers ✋']);
    await order('rosa', 'sugar');
    expect(await items('rosa')).toEqual(['tea', 'cups & saucers ✋', 'sugar']);
    expect(await ask('rosa', async (url) => (await get(`${url}/payments`)).body)).toBe('on');
    expect((await pnpmOk(['deploy', 'rosa'], shop)).stdout).toContain('nothing changed: 1 of 1');
  });
});
