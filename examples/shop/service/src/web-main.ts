import { createWeb } from './web.ts';
import { serve } from './serve.ts';

const { SHOP_NAME = '', CURRENCY = '', THEME = '', ORDERS_URL = '', PAYMENT_KEY } = process.env;

serve((isReady) =>
  createWeb({
    name: SHOP_NAME,
    currency: CURRENCY,
    theme: THEME,
    ordersUrl: ORDERS_URL,
    paymentKey: PAYMENT_KEY ?? null,
    isReady,
  }),
);
