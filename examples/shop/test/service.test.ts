import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposableSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createOrders } from '../service/src/orders.ts';
import { OrderStore } from '../service/src/order-store.ts';
import { packOrders } from '../service/src/packer.ts';
import { createWeb, type WebOptions } from '../service/src/web.ts';
import { workload } from '../workload.ts';

const AFTER = new AbortController().signal;

let running: AsyncDisposableStack;
let directory = '';
let store: OrderStore;
beforeEach(() => {
  running = new AsyncDisposableStack();
  directory = running.adopt(mkdtempDisposableSync(join(tmpdir(), 'shop-')), (place) =>
    place.remove(),
  ).path;
  store = running.use(new OrderStore(join(directory, 'orders.db')));
});
afterEach(() => running.disposeAsync());

async function listen(app: RequestListener): Promise<string> {
  const server = createServer(app).listen(0, '127.0.0.1');
  running.defer(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openShop(secrets: Partial<WebOptions> = {}): Promise<string> {
  const ordersUrl = await listen(createOrders(store));
  const options = { name: 'Müller & Söhne ✋', currency: '£', theme: 'dark' };
  const closed = { paymentKey: null, listStock: null, isReady: () => true };
  return listen(createWeb({ ...options, ...closed, ordersUrl, ...secrets }));
}

const text = async (url: string) => (await fetch(url)).text();

test('the front answers what the check expects', async () => {
  const { check } = workload;
  if (check.kind !== 'http') throw new Error('the shop speaks HTTP');
  const settings = workload.settings.parse({ currency: '£', theme: 'dark' });
  expect(await text(`${await openShop()}${check.path}`)).toBe(
    check.answer?.({ id: 'x', name: 'Müller & Söhne ✋', settings }),
  );
});

test('what is ordered is kept, and packed once', async () => {
  const shop = await openShop();
  const order = async (item: string) =>
    (await fetch(`${shop}/orders?${new URLSearchParams({ item }).toString()}`, { method: 'POST' }))
      .status;
  expect([await order('tea & milk'), await order('✋'), await order('')]).toEqual([201, 201, 400]);
  expect(JSON.parse(await text(`${shop}/orders`))).toEqual([
    { id: 1, item: 'tea & milk', packed: false },
    { id: 2, item: '✋', packed: false },
  ]);
  const orders = await listen(createOrders(store));
  expect(await packOrders(orders, AFTER)).toBe(2);
  expect(await packOrders(orders, AFTER)).toBe(0);
  expect(store.list().every(({ packed }) => packed)).toBe(true);
});

test('a dump restores the orders of before, and has the same bytes again', () => {
  for (const item of ['one', 'two\nlines ✋']) store.add(item);
  store.pack(1);
  const main = (name: string, file: string, input = '') => {
    const script = join(import.meta.dirname, '../service/src', `${name}.ts`);
    const env = { PATH: process.env['PATH'], ORDERS_FILE: join(directory, file) };
    const { status, stdout } = spawnSync(process.execPath, [script], { env, input });
    expect(status).toBe(0);
    return stdout.toString();
  };
  const dump = main('dump', 'orders.db');
  using other = new OrderStore(join(directory, 'other.db'));
  other.add('of before the restore');
  main('restore', 'other.db', dump);
  expect(other.list()).toEqual(store.list());
  expect(main('dump', 'other.db')).toBe(dump);
});

test('says whether there is a key for payments, and not which', async () => {
  expect(await text(`${await openShop()}/payments`)).toBe('off');
  expect(await text(`${await openShop({ paymentKey: 'secret' })}/payments`)).toBe('on');
});

test('says what is in stock, or that none is kept; a database that fails is no empty stock', async () => {
  const ask = async (listStock: WebOptions['listStock']) => {
    const answer = await fetch(`${await openShop({ listStock })}/stock`);
    return [answer.status, await answer.text()];
  };
  expect(await ask(async () => ['tea', '✋'])).toEqual([200, '["tea","✋"]']);
  expect(await ask(null)).toEqual([404, 'no stock is kept']);
  const [status] = await ask(() => Promise.reject(new Error('ECONNREFUSED')));
  expect(status).toBe(500);
});
