import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { builtImages, workload } from '@tenantry/workload';
import { PAUSE_PAGE_DIRECTORY } from './image-references.ts';
import { hashOf } from './stat-index.ts';

/** All that turns tenants.json into files, this directory, the libraries and the images' tags included. */
const DIRECTORIES = [
  'packages/manifests/src',
  'packages/tenants/src',
  'packages/workload/src',
  'scripts/lib/dist',
  PAUSE_PAGE_DIRECTORY,
  ...builtImages(workload.images).values(),
];
const FILES = [
  'packages/sealed/src/tenant-versions.ts',
  'packages/sealed/src/versions.ts',
  'pnpm-lock.yaml',
];

/** A digest that is another wherever the same tenants.json could give another dist/. */
export function codeDigest(root: string): string {
  const below = DIRECTORIES.flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const paths = [...below, ...FILES.map((file) => join(root, file))];
  return hashOf([
    process.version,
    ...paths.sort().map((path) => [relative(root, path), readFileSync(path, 'utf8')]),
  ]);
}
