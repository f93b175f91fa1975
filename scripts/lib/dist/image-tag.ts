import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { load } from 'js-yaml';

/** Length of the tag; collisions among the versions of one service are out of reach at 48 bits. */
const TAG_LENGTH = 12;

/**
 * The tag of an image that is built from a directory: a hash over everything it is made of, contents
 * only, so that it is the same on every machine, with or without Git. Base digests stand in the
 * Dockerfile.
 */
export function imageTag(root: string, directory: string): string {
  const service = join(root, directory);
  const files = isPackage(root, directory)
    ? [
        'Dockerfile',
        'package.json',
        ...filesBelow(join(service, 'src')).map((path) => `src/${path}`),
      ]
    : [...filesBelow(service)];
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    hash.update(`${file}\0`).update(contents(join(service, file))).update('\0');
  }
  const lock = text(join(root, 'pnpm-lock.yaml'));
  for (const dependency of productionDependencies(lock, directory))
    hash.update(`${dependency}\0`);
  return hash.digest('hex').slice(0, TAG_LENGTH);
}

/** Whether a directory is a package of the workspace; of any other all files go into the image. */
export function isPackage(root: string, directory: string): boolean {
  return text(join(root, 'pnpm-lock.yaml')).includes(`\n  ${directory}:\n`);
}

/** A file's bytes, or its text whatever its line breaks. */
function contents(path: string): Buffer | string {
  const bytes = readFileSync(path);
  return isUtf8(bytes) ? text(path) : bytes;
}

function text(path: string): string {
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

interface Lock {
  readonly importers: Readonly<
    Record<string, { dependencies?: Record<string, { version: string }> }>
  >;
  readonly packages: Readonly<Record<string, { resolution?: { integrity?: string } }>>;
  readonly snapshots: Readonly<Record<string, { dependencies?: Record<string, string> }>>;
}

/** What a workspace package runs on, resolved: `name@version integrity`, sorted. */
export function productionDependencies(lockText: string, importer: string): readonly string[] {
  const lock = load(lockText) as Lock;
  const found = new Map<string, string>();
  const visit = (name: string, version: string) => {
    const key = `${name}@${version}`;
    if (found.has(key)) return;
    // A version may carry the peers it was resolved with: `1.0.0(peer@2.0.0)`.
    const integrity = lock.packages[key.replace(/\(.*$/, '')]?.resolution?.integrity ?? '';
    found.set(key, integrity);
    for (const [child, childVersion] of Object.entries(lock.snapshots[key]?.dependencies ?? {})) {
      visit(child, childVersion);
    }
  };
  const direct = lock.importers[importer]?.dependencies ?? {};
  for (const [name, { version }] of Object.entries(direct)) visit(name, version);
  return [...found].map(([key, integrity]) => `${key} ${integrity}`).sort();
}
