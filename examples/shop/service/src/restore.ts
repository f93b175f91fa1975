import { text } from 'node:stream/consumers';

import { type Order, OrderStore } from './order-store.ts';

// Reads what dump.ts has written from standard input; what was there before is gone.

const lines = (await text(process.stdin)).split('\n').filter((line) => line !== '');
using store = new OrderStore(process.env['ORDERS_FILE'] ?? '/data/orders.db');
store.replaceAll(lines.map((line) => JSON.parse(line) as Order));
