import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';

import { packOrders } from './packer.ts';
import { serve } from './serve.ts';

const ROUND_MILLISECONDS = 2000;
const TIMEOUT_MILLISECONDS = 10_000;
/** So long without an attempt, and something hangs. */
const STALE_MILLISECONDS = 60_000;

let attempted = performance.now();

serve(() =>
  express().get('/livez', (_request, response) => {
    response.status(performance.now() - attempted < STALE_MILLISECONDS ? 200 : 500).end();
  }),
);

for (;;) {
  attempted = performance.now();
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    const packed = await packOrders(process.env['ORDERS_URL'] ?? '', signal);
    if (packed > 0) process.stdout.write(`packed ${packed}\n`);
  } catch (error) {
    process.stderr.write(`orders: ${String(error)}\n`);
  }
  await sleep(ROUND_MILLISECONDS);
}
