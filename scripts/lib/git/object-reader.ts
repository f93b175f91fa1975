import { ExpectedError } from '../cli/errors.ts';
import { spawn } from 'node:child_process';
import type { Git } from './git.ts';

export interface GitObject {
  readonly hash: string;
  /** `blob`, `tree`, `commit`. */
  readonly type: string;
  readonly content: Buffer;
}

/** Reads any number of objects through one `git cat-file --batch`. */
export interface ObjectReader extends Disposable {
  /** An object by its hash, or `<commit>^{tree}`. @throws Error with Git's own words where it cannot be had */
  read(name: string): Promise<GitObject>;
}

interface Request {
  readonly name: string;
  resolve(object: GitObject): void;
  reject(error: Error): void;
}

const LINE_FEED = 0x0a;

export function openObjectReader({ root, env }: Pick<Git, 'root' | 'env'>): ObjectReader {
  const child = spawn('git', ['cat-file', '--batch'], { cwd: root, env });
  const waiting: Request[] = [];
  let received: Buffer = Buffer.alloc(0);
  let said = '';
  let ended: Error | null = null;

  const end = (why: string) => {
    ended ??= new ExpectedError(
      ['git cat-file --batch', why, said.trim()].filter(Boolean).join(': '),
    );
    for (const request of waiting.splice(0)) request.reject(ended);
  };
  child.stdout.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    received = received.subarray(answer(received, waiting));
  });
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  // What is written to a process that has ended is reported with its end.
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => end(error.message));
  child.once('close', (code, signal) => end(`exit code ${code ?? signal}`));

  return {
    read: (name) =>
      new Promise((resolve, reject) => {
        if (ended !== null) return reject(ended);
        waiting.push({ name, resolve, reject });
        child.stdin.write(`${name}\n`);
      }),
    [Symbol.dispose]: () => void child.stdin.end(),
  };
}

/** Answers the requests whose objects have come whole; returns how many bytes that took. */
function answer(received: Buffer, waiting: Request[]): number {
  let used = 0;
  for (;;) {
    const lineEnd = received.indexOf(LINE_FEED, used);
    if (lineEnd === -1) return used;
    const line = received.toString('utf8', used, lineEnd);
    const header = /^([0-9a-f]+) (\w+) (\d+)$/.exec(line);
    const start = lineEnd + 1;
    if (header === null) {
      const request = waiting.shift();
      request?.reject(
        new ExpectedError(
          `git cat-file --batch: ${line}\n  → the repository is not whole: git fsck says what is missing`,
        ),
      );
      used = start;
      continue;
    }
    const [, hash = '', type = '', size = ''] = header;
    const stop = start + Number(size);
    if (received.length <= stop) return used;
    waiting.shift()?.resolve({ hash, type, content: Buffer.from(received.subarray(start, stop)) });
    used = stop + 1;
  }
}
