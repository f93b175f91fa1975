import express, { type Express } from 'express';

import type { OrderStore } from './order-store.ts';

const LONGEST_ITEM = 200;

/** The orders of a shop over HTTP, for its own pods only. */
export function createOrders(store: OrderStore): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/livez', (_request, response) => void response.type('text').send('ok'));
  app.get('/readyz', (_request, response) => {
    store.list();
    response.type('text').send('ok');
  });
  app.get('/orders', (_request, response) => void response.json(store.list()));
  app.post('/orders', (request, response) => {
    const { item } = request.query;
    if (typeof item !== 'string' || item === '' || item.length > LONGEST_ITEM) {
      response.status(400).json({ error: `item has 1 to ${LONGEST_ITEM} characters` });
      return;
    }
    response.status(201).json(store.add(item));
  });
  app.post('/orders/:id/packed', (request, response) => {
    response.status(store.pack(Number(request.params.id)) ? 204 : 404).end();
  });
  return app;
}
