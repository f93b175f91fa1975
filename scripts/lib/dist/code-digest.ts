import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { hashOf } from './stat-index.ts';

/** All that turns tenants.json into files, this directory, the libraries and the image's tag included. */
const DIRECTORIES = [
  'packages/manifests/src',
  'packages/tenants/src',
  'packages/whoami/src',
  'scripts/lib/dist',
];
const FILES = [
  'packages/sealed/src/versions.ts',
  'packages/whoami/Dockerfile',
  'packages/whoami/package.json',
  'pnpm-lock.yaml',
];

/** A digest that is another wherever the same tenants.json could give another dist/. */
export function codeDigest(root: string): string {
  const below = DIRECTORIES.flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const paths = [...below, ...FILES.map((file) => join(root, file))];
  return hashOf([
    process.version,
    ...paths.sort().map((path) => [relative(root, path), readFileSync(path, 'utf8')]),
  ]);
}
