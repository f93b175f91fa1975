import { OrderStore } from './order-store.ts';

// Writes all orders to standard output, a line of JSON each.

using store = new OrderStore(process.env['ORDERS_FILE'] ?? '/data/orders.db');
for (const order of store.list()) process.stdout.write(`${JSON.stringify(order)}\n`);
