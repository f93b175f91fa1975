import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Decrypter, Encrypter } from 'age-encryption';
import { UsageError } from '../cli/errors.ts';

/** How an archive is called: by tenant and moment. */
export function archiveName(id: string, at: string, encrypted: boolean): string {
  const moment = at.slice(0, 'YYYY-MM-DDThh:mm:ss'.length).replaceAll(':', '-');
  return `${id}-${moment}Z.tar${encrypted ? '.age' : ''}`;
}

/** Whether a file is called as an archive of a tenant is. */
export function isArchiveName(id: string, name: string): boolean {
  const rest = name.startsWith(`${id}-`) ? name.slice(id.length + 1) : '';
  return /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar(\.age)?$/.test(rest);
}

/** An archive as it is stored, still in a private directory. */
export interface SealedArchive {
  readonly file: string;
  /** `sha256:…`. */
  readonly digest: string;
}

/** Encrypts a packed archive, beside it, where a recipient of age is given. */
export async function encryptArchive(
  packed: string,
  recipient: string | undefined,
): Promise<SealedArchive> {
  if (recipient === undefined) return { file: packed, digest: await digestOf(packed) };
  const file = `${packed}.age`;
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const plain = Readable.toWeb(createReadStream(packed)) as ReadableStream<Uint8Array>;
  await write(await encrypter.encrypt(plain), file, Infinity);
  return { file, digest: await digestOf(file) };
}

/** Puts an archive where it stays (0600), its checksum beside it in the form of `sha256sum`. */
export function storeArchive(path: string, { file, digest }: SealedArchive): void {
  const unfinished = unfinishedName(path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(unfinished, { force: true });
  copyFileSync(file, unfinished);
  chmodSync(unfinished, 0o600);
  flush(unfinished);
  const checksum = `${digest.slice('sha256:'.length)}  ${basename(path)}\n`;
  writeFileSync(`${path}.sha256`, checksum, { mode: 0o600 });
  renameSync(unfinished, path);
}

/** Removes an archive, or what an interruption has left of it. */
export function removeArchive(path: string): void {
  for (const file of [path, `${path}.sha256`, unfinishedName(path)]) rmSync(file, { force: true });
}

function unfinishedName(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp`);
}

function flush(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** @throws UsageError where it is no recipient of age */
export function checkRecipient(recipient: string): void {
  try {
    new Encrypter().addRecipient(recipient);
  } catch (error) {
    throw new UsageError(
      `--recipient is ${JSON.stringify(recipient)}: ${String(error)}\n  → it, or TENANTRY_RECIPIENT, is the public key that age-keygen prints: age1…`,
      { cause: error },
    );
  }
}

/**
 * The digest of a stored archive, checked against the checksum beside it.
 * @throws UsageError where it is missing, damaged or no plain file
 */
export async function digestOfArchive(path: string): Promise<string> {
  if (!statInput(path, 'the archive').isFile()) {
    throw new UsageError(
      `the archive ${path} is no plain file; nothing was changed\n  → name a file`,
    );
  }
  const digest = await digestOf(path);
  const checksum = readOptional(`${path}.sha256`);
  if (checksum !== null && !checksum.startsWith(digest.slice('sha256:'.length))) {
    throw new UsageError(
      `${path} is damaged: its checksum is not the one in ${basename(path)}.sha256; nothing was changed\n  → take another copy`,
    );
  }
  return digest;
}

/**
 * Copies an archive of a known digest to a private file; nothing that happens to the original after
 * that counts. @throws UsageError where it is another one by now, or larger than `maxBytes`
 */
export async function copyArchive(
  path: string,
  copy: string,
  digest: string,
  maxBytes: number,
): Promise<void> {
  try {
    await write(createReadStream(path), copy, maxBytes);
  } catch (error) {
    throw new UsageError(`the archive ${path} cannot be read: ${String(error)}`, { cause: error });
  }
  if ((await digestOf(copy)) === digest) return;
  throw new UsageError(
    `the archive ${path} was changed while it was read; nothing was changed by us\n  → run the command again`,
  );
}

const AGE_HEADER = 'age-encryption.org/v1';

/**
 * Decrypts an archive, beside it, where it is encrypted; returns the path of the plain one.
 * @throws UsageError where it is not to be decrypted, or larger than `maxBytes`
 */
export async function decryptArchive(
  file: string,
  identityFile: string | undefined,
  maxBytes: number,
): Promise<string> {
  if (!isEncrypted(file)) return file;
  if (identityFile === undefined) {
    throw new UsageError(
      `the archive is encrypted; nothing was changed\n  → give the key with --identity FILE`,
    );
  }
  statInput(identityFile, 'the identity');
  const lines = readFileSync(identityFile, 'utf8').split('\n');
  const plain = `${file}.plain`;
  try {
    const decrypter = new Decrypter();
    for (const line of lines) {
      if (line.trim() !== '' && !line.startsWith('#')) decrypter.addIdentity(line.trim());
    }
    const sealed = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
    await write(await decrypter.decrypt(sealed), plain, maxBytes);
  } catch (error) {
    throw new UsageError(
      `the archive cannot be decrypted with ${identityFile}: ${String(error)}; nothing was changed\n  → give the identity of the recipient that it was encrypted for`,
      { cause: error },
    );
  }
  return plain;
}

function isEncrypted(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const start = Buffer.alloc(AGE_HEADER.length);
    readSync(descriptor, start, 0, start.length, 0);
    return start.toString('latin1') === AGE_HEADER;
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a stream into a new file (0600). @throws RangeError where it is longer than `maxBytes` */
async function write(
  stream: ReadableStream<Uint8Array> | Readable,
  file: string,
  maxBytes: number,
): Promise<void> {
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Uint8Array, _, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new RangeError(`it is larger than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
  await pipeline(stream, bounded, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
}

/** Of a file: `sha256:…`. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

function statInput(path: string, what: string) {
  try {
    return statSync(path);
  } catch (error) {
    throw new UsageError(
      `${what} ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      { cause: error },
    );
  }
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
