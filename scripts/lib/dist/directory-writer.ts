import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FilesStat } from './stat-index.ts';
import { type NewDirectory, writeDirectory } from './write-directory.ts';

/** So many are written sooner than a thread has started. */
const WITHOUT_THREAD = 300;

/** So many wait in memory, 20 KB each, before more are made. */
const MOST_WAITING = 100;

/** Writes new directories: where there are many, on one core while the other makes the next. */
export class DirectoryWriter {
  readonly #written = new Map<string, FilesStat | null>();
  #count = 0;
  #thread: Worker | null = null;
  #waiting = 0;
  #failure: unknown = null;

  /** Writes a directory, now or by `finish`. @throws what an earlier one could not be written for */
  async write(directory: NewDirectory): Promise<void> {
    this.#count += 1;
    if (this.#count <= WITHOUT_THREAD) {
      this.#written.set(directory.path, writeDirectory(directory));
      return;
    }
    this.#thread ??= this.#start();
    this.#thread.postMessage(directory);
    this.#waiting += 1;
    await this.#untilWaiting(MOST_WAITING);
  }

  /** Waits until all is written. Returns the stats of the directories by their paths. */
  async finish(): Promise<ReadonlyMap<string, FilesStat | null>> {
    await this.#untilWaiting(0);
    await this.stop();
    return this.#written;
  }

  /** Writes nothing any more. */
  async stop(): Promise<void> {
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(new URL('./writer-thread.ts', import.meta.url));
    thread.on('message', ([path, stat]: [string, FilesStat | null]) => {
      this.#written.set(path, stat);
      this.#waiting -= 1;
    });
    thread.on('error', (error) => {
      this.#failure = error;
    });
    return thread;
  }

  async #untilWaiting(most: number): Promise<void> {
    while (this.#thread !== null && this.#failure === null && this.#waiting > most) {
      await once(this.#thread, 'message');
    }
    if (this.#failure !== null) throw this.#failure;
  }
}
