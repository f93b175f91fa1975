import express, { type Express } from 'express';

export interface WebOptions {
  /** Of the shop. */
  readonly name: string;
  readonly currency: string;
  readonly theme: string;
  /** Where the orders are. */
  readonly ordersUrl: string;
  /** The key of the payment service; null where there is none. */
  readonly paymentKey: string | null;
  /** Asks the database what is in stock; null where there is none. */
  readonly listStock: (() => Promise<readonly string[]>) | null;
  /** Whether new requests are wanted. */
  readonly isReady: () => boolean;
}

const ORDERS_TIMEOUT_MILLISECONDS = 3000;

/** The shop's front: what its customers see. */
export function createWeb(options: WebOptions): Express {
  const { name, currency, theme, ordersUrl, paymentKey, listStock, isReady } = options;
  const app = express();
  app.disable('x-powered-by');
  app.get('/', (_request, response) => {
    response.type('text/plain').send(`Shop of ${name}: ${theme}, prices in ${currency}`);
  });
  app.get('/payments', (_request, response) => {
    response.type('text/plain').send(paymentKey === null ? 'off' : 'on');
  });
  app.get('/stock', async (_request, response) => {
    if (listStock === null) response.status(404).type('text/plain').send('no stock is kept');
    else response.json(await listStock());
  });
  app.all('/orders', async (request, response) => {
    const item = request.query['item'];
    const query = typeof item === 'string' ? `?${new URLSearchParams({ item }).toString()}` : '';
    const answer = await fetch(`${ordersUrl}/orders${query}`, {
      method: request.method,
      signal: AbortSignal.timeout(ORDERS_TIMEOUT_MILLISECONDS),
    });
    response
      .status(answer.status)
      .type('json')
      .send(await answer.text());
  });
  app.get('/livez', (_request, response) => void response.type('text').send('ok'));
  app.get('/readyz', (_request, response) => {
    response.status(isReady() ? 200 : 503).end();
  });
  return app;
}
