import postgres from 'postgres';

const CONNECT_TIMEOUT_SECONDS = 5;

/** What a shop has in stock, in a PostgreSQL of its own outside of the cluster. */
export function stockIn(url: string): () => Promise<readonly string[]> {
  const sql = postgres(url, { max: 2, connect_timeout: CONNECT_TIMEOUT_SECONDS });
  return async () => {
    const rows = await sql<{ item: string }[]>`SELECT item FROM stock ORDER BY item`;
    return rows.map(({ item }) => item);
  };
}
