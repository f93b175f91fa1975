import { createWeb } from './web.ts';
import { serve } from './serve.ts';
import { stockIn } from './stock.ts';

const {
  SHOP_NAME = '',
  CURRENCY = '',
  THEME = '',
  ORDERS_URL = '',
  PAYMENT_KEY,
  STOCK_URL,
} = process.env;
const listStock = STOCK_URL === undefined ? null : stockIn(STOCK_URL);

serve((isReady) =>
  createWeb({
    name: SHOP_NAME,
    currency: CURRENCY,
    theme: THEME,
    ordersUrl: ORDERS_URL,
    paymentKey: PAYMENT_KEY ?? null,
    listStock,
    isReady,
  }),
);
