import { createOrders } from './orders.ts';
import { OrderStore } from './order-store.ts';
import { serve } from './serve.ts';

const store = new OrderStore(process.env['ORDERS_FILE'] ?? '/data/orders.db');
serve(() => createOrders(store));
