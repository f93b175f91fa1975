import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Decrypter, Encrypter } from 'age-encryption';
import { UsageError } from '../cli/errors.ts';

/** How an archive is called: by tenant and moment. */
export function archiveName(id: string, at: string, encrypted: boolean): string {
  const moment = at.slice(0, 'YYYY-MM-DDThh:mm:ss'.length).replaceAll(':', '-');
  return `${id}-${moment}Z.tar${encrypted ? '.age' : ''}`;
}

/** An archive as it is stored. */
export interface Sealed {
  readonly bytes: Uint8Array;
  /** `sha256:…`. */
  readonly digest: string;
}

/** Reads a packed archive, and encrypts it where a recipient of age is given. */
export async function seal(packed: string, recipient: string | undefined): Promise<Sealed> {
  const plain = readFileSync(packed);
  const bytes = recipient === undefined ? plain : await encrypt(plain, recipient);
  return { bytes, digest: `sha256:${sha256(bytes)}` };
}

/** Puts an archive where it stays (0600), its checksum beside it in the form of `sha256sum`. */
export function store(path: string, { bytes, digest }: Sealed): void {
  const unfinished = unfinishedName(path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, bytes, { mode: 0o600, flush: true });
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

/** @throws UsageError where it is no recipient of age */
export function checkRecipient(recipient: string): void {
  try {
    new Encrypter().addRecipient(recipient);
  } catch (error) {
    throw new UsageError(
      `--recipient is ${JSON.stringify(recipient)}: ${String(error)}\n  → the public key that age-keygen prints: age1…`,
      { cause: error },
    );
  }
}

async function encrypt(bytes: Uint8Array, recipient: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(bytes);
}

/**
 * Reads a stored archive, checked against its checksum and decrypted where it has to be.
 * @throws UsageError where it is missing, damaged or not to be decrypted
 */
export async function retrieve(
  path: string,
  identityFile: string | undefined,
): Promise<{ readonly packed: Uint8Array; readonly digest: string }> {
  const bytes = readInput(path, 'the archive');
  const digest = sha256(bytes);
  const sidecar = readOptional(`${path}.sha256`);
  if (sidecar !== null && !sidecar.startsWith(digest)) {
    throw new UsageError(
      `${path} is damaged: its checksum is not the one in ${basename(path)}.sha256\n  → take another copy`,
    );
  }
  const encrypted = bytes.subarray(0, AGE_HEADER.length).toString() === AGE_HEADER;
  const packed = encrypted ? await decrypt(path, bytes, identityFile) : bytes;
  return { packed, digest: `sha256:${digest}` };
}

const AGE_HEADER = 'age-encryption.org/v1';

async function decrypt(
  path: string,
  bytes: Uint8Array,
  identityFile: string | undefined,
): Promise<Uint8Array> {
  if (identityFile === undefined) {
    throw new UsageError(`${path} is encrypted\n  → give the key with --identity FILE`);
  }
  const decrypter = new Decrypter();
  const lines = readInput(identityFile, 'the identity').toString().split('\n');
  try {
    for (const line of lines) {
      if (line.trim() !== '' && !line.startsWith('#')) decrypter.addIdentity(line.trim());
    }
    return await decrypter.decrypt(bytes);
  } catch (error) {
    throw new UsageError(
      `${path} cannot be decrypted with ${identityFile}: ${String(error)}\n  → give the identity of the recipient that it was encrypted for`,
      { cause: error },
    );
  }
}

function readInput(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(
      `${what} ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      {
        cause: error,
      },
    );
  }
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
