import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from './stat-index.ts';

/** All that turns tenants.json into files, this directory and the libraries included. */
const SOURCES = [
  'packages/manifests/src',
  'packages/tenants/src',
  'packages/workload/src',
  'scripts/lib/dist',
];

/** A digest that is another wherever the same tenants.json could give another dist/. */
export function codeDigest(root: string): string {
  const files = SOURCES.flatMap((source) =>
    readdirSync(join(root, source), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(source, path)),
  );
  return hashOf([
    process.version,
    ...['pnpm-lock.yaml', ...files.sort()].map((path) => [
      path,
      readFileSync(join(root, path), 'utf8'),
    ]),
  ]);
}
