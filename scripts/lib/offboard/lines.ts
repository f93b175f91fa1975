import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 2 ** 20;

/** The lines of a file, one at a time. @throws RangeError where one is longer than `maxBytes` */
export function* linesOf(file: string, maxBytes: number): Generator<string, void, undefined> {
  const descriptor = openSync(file, 'r');
  try {
    let parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      const chunk = Buffer.alloc(CHUNK);
      const read = readSync(descriptor, chunk, 0, CHUNK, null);
      if (read === 0) break;
      let start = 0;
      for (;;) {
        const newline = chunk.subarray(0, read).indexOf('\n', start);
        const part = chunk.subarray(start, newline === -1 ? read : newline);
        parts.push(part);
        length += part.length;
        if (length > maxBytes) throw new RangeError(`a line is longer than ${maxBytes} bytes`);
        if (newline === -1) break;
        yield Buffer.concat(parts).toString();
        parts = [];
        length = 0;
        start = newline + 1;
      }
    }
    if (length > 0) yield Buffer.concat(parts).toString();
  } finally {
    closeSync(descriptor);
  }
}
