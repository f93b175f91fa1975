import type { Order } from './order-store.ts';

/** Packs what has been ordered and is not packed yet; says how many orders those were. */
export async function packOrders(ordersUrl: string, signal: AbortSignal): Promise<number> {
  const answer = await fetch(`${ordersUrl}/orders`, { signal });
  const open = ((await answer.json()) as readonly Order[]).filter(({ packed }) => !packed);
  for (const { id } of open) {
    await fetch(`${ordersUrl}/orders/${id}/packed`, { method: 'POST', signal });
  }
  return open.length;
}
