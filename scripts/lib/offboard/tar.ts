import { ExpectedError } from '../cli/errors.ts';
import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What may be in a tar: plain files of these names, each at most so many bytes. */
export type Members = Readonly<Record<string, number>>;

/** A tar is not what it has to be. */
export class TarError extends ExpectedError {
  override name = 'TarError';
}

const BLOCK = 512;
const CHUNK = 2 ** 20;

/** Packs plain files of a directory into a new tar (0600), in the order of their names. */
export function writeTar(file: string, directory: string, names: readonly string[]): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    for (const name of names) {
      const path = join(directory, name);
      const { size } = statSync(path);
      writeSync(descriptor, header(name, size));
      copy(path, descriptor, size);
      writeSync(descriptor, Buffer.alloc(padding(size)));
    }
    writeSync(descriptor, Buffer.alloc(2 * BLOCK));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Unpacks a tar into a private directory that is empty. Every one of `members` must be in it once,
 * as a plain file of no more than its bytes, and nothing else but plain files that are called as
 * `others` says. @throws TarError
 */
export function readTar(
  file: string,
  directory: string,
  members: Members,
  others: RegExp | null = null,
): void {
  const input = openSync(file, 'r');
  try {
    const { size: total } = statSync(file);
    const seen = new Set<string>();
    let position = 0;
    const block = Buffer.alloc(BLOCK);
    for (;;) {
      if (readSync(input, block, 0, BLOCK, position) !== BLOCK) throw new TarError('it is cut off');
      if (block.every((byte) => byte === 0)) break;
      position += BLOCK;
      const { name, size } = parseHeader(block, members, others);
      if (seen.has(name)) throw new TarError(`it holds ${name} twice`);
      seen.add(name);
      if (position + size + padding(size) > total) throw new TarError(`${name} is cut off`);
      extract(input, position, size, join(directory, name));
      position += size + padding(size);
    }
    const missing = Object.keys(members).filter((name) => !seen.has(name));
    if (missing.length > 0) throw new TarError(`it lacks ${missing.join(', ')}`);
    mustBeZero(input, position);
  } finally {
    closeSync(input);
  }
}

/** Where the parts of a header are: offset and length. */
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const CHECKSUM = [148, 8] as const;
const TYPE = 156;
const MAGIC = [257, 5] as const;
const PREFIX = [345, 155] as const;

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, [offset, length]: readonly [number, number]) =>
    block.write(value.toString(8).padStart(length - 1, '0'), offset);
  block.write(name, ...NAME);
  for (const [offset, value] of [
    [100, 0o600],
    [108, 0],
    [116, 0],
  ] as const) {
    octal(value, [offset, 8]);
  }
  writeSize(block, size);
  octal(0, [136, 12]);
  block.write('0', TYPE);
  block.write('ustar\u000000', MAGIC[0]);
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, CHECKSUM[0]);
  return block;
}

function parseHeader(
  block: Buffer,
  members: Members,
  others: RegExp | null,
): { name: string; size: number } {
  if (text(block, MAGIC) !== 'ustar') throw new TarError('it is no tar');
  if (octalOf(block, CHECKSUM) !== checksum(block)) throw new TarError('a header is damaged');
  const name = text(block, NAME);
  const shown = JSON.stringify(name);
  const type = String.fromCharCode(block[TYPE] ?? 0);
  if (type !== '0' && type !== '\0') {
    throw new TarError(`${shown} is no plain file (type ${JSON.stringify(type)})`);
  }
  const bounded = Object.hasOwn(members, name) ? members[name] : undefined;
  const limit = bounded ?? (others?.test(name) === true ? Number.MAX_SAFE_INTEGER : undefined);
  if (limit === undefined || text(block, PREFIX) !== '') {
    throw new TarError(`it holds ${shown}, which is not of ${Object.keys(members).join(', ')}`);
  }
  const size = sizeOf(block);
  if (size > limit) throw new TarError(`${name} has ${size} bytes, more than ${limit}`);
  return { name, size };
}

/** The header's bytes added up, those of the checksum itself as spaces. */
function checksum(block: Buffer): number {
  const [start, length] = CHECKSUM;
  return block.reduce(
    (sum, byte, index) => sum + (index >= start && index < start + length ? 0x20 : byte),
    0,
  );
}

function text(block: Buffer, [offset, length]: readonly [number, number]): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? length : end);
}

function octalOf(block: Buffer, field: readonly [number, number]): number {
  const digits = text(block, field).trim();
  if (!/^[0-7]{1,11}$/.test(digits)) throw new TarError('a header is damaged');
  return Number.parseInt(digits, 8);
}

/** What octal digits have no room for is written as a number of 64 bits, marked by the first one. */
const MAX_OCTAL_SIZE = 8 ** 11 - 1;
const BINARY = 0x80;

/** Writes a member's size into its header. */
export function writeSize(block: Buffer, size: number): void {
  const [offset, length] = SIZE;
  if (size <= MAX_OCTAL_SIZE) {
    block.write(size.toString(8).padStart(length - 1, '0'), offset);
    return;
  }
  block[offset] = BINARY;
  block.writeBigUInt64BE(BigInt(size), offset + length - 8);
}

/** A member's size as its header has it. @throws TarError */
export function sizeOf(block: Buffer): number {
  const [offset, length] = SIZE;
  if (block[offset] !== BINARY) return octalOf(block, SIZE);
  const size = block.readBigUInt64BE(offset + length - 8);
  if (size > Number.MAX_SAFE_INTEGER) throw new TarError('a header is damaged');
  return Number(size);
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function copy(path: string, output: number, size: number): void {
  const input = openSync(path, 'r');
  try {
    copyBytes(input, 0, size, output);
  } finally {
    closeSync(input);
  }
}

function extract(input: number, position: number, size: number, path: string): void {
  // A new file: nothing that lies there already is followed or written over.
  const output = openSync(path, 'wx', 0o600);
  try {
    copyBytes(input, position, size, output);
  } finally {
    closeSync(output);
  }
}

function copyBytes(input: number, start: number, size: number, output: number): void {
  const chunk = Buffer.alloc(Math.min(CHUNK, Math.max(size, 1)));
  for (let done = 0; done < size;) {
    const length = readSync(input, chunk, 0, Math.min(chunk.length, size - done), start + done);
    if (length === 0) throw new TarError('a file has become shorter while it was read');
    writeSync(output, chunk, 0, length);
    done += length;
  }
}

/** After its last member a tar holds zeros only. */
function mustBeZero(input: number, start: number): void {
  const chunk = Buffer.alloc(CHUNK);
  for (let position = start; ;) {
    const length = readSync(input, chunk, 0, chunk.length, position);
    if (length === 0) return;
    if (chunk.subarray(0, length).some((byte) => byte !== 0)) {
      throw new TarError('something stands behind its end');
    }
    position += length;
  }
}
