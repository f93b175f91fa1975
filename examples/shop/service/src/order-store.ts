import { DatabaseSync } from 'node:sqlite';

export interface Order {
  readonly id: number;
  readonly item: string;
  readonly packed: boolean;
}

/** The orders of a shop, in a file of SQLite. */
export class OrderStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { timeout: 5000 });
    this.#database.exec(
      `CREATE TABLE IF NOT EXISTS orders (
         id INTEGER PRIMARY KEY AUTOINCREMENT,
         item TEXT NOT NULL,
         packed INTEGER NOT NULL DEFAULT 0
       ) STRICT`,
    );
  }

  add(item: string): Order {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO orders (item) VALUES (?)')
      .run(item);
    return { id: Number(lastInsertRowid), item, packed: false };
  }

  /** Says whether there is such an order. */
  pack(id: number): boolean {
    const { changes } = this.#database.prepare('UPDATE orders SET packed = 1 WHERE id = ?').run(id);
    return changes === 1;
  }

  /** All of them, the first one first. */
  list(): readonly Order[] {
    return this.#database
      .prepare('SELECT id, item, packed FROM orders ORDER BY id')
      .all()
      .map(({ id, item, packed }) => ({
        id: Number(id),
        item: String(item),
        packed: packed === 1,
      }));
  }

  /** Has these orders, and no others. */
  replaceAll(orders: readonly Order[]): void {
    this.#database.exec('BEGIN IMMEDIATE; DELETE FROM orders');
    try {
      const insert = this.#database.prepare(
        'INSERT INTO orders (id, item, packed) VALUES (?, ?, ?)',
      );
      for (const { id, item, packed } of orders) insert.run(id, item, packed ? 1 : 0);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
