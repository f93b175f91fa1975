import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { synthesize, type Tree } from '@tenantry/manifests';
import { versions } from '@tenantry/sealed/versions';
import { type Fleet, parseTenants } from '@tenantry/tenants';
import { describeChange, distChanges } from '@tenantry/plan';
import { readDist, writeDist } from './write.ts';
import { UsageError } from '../cli/errors.ts';
import { EXIT } from '../cli/run-main.ts';
import { whoamiTag } from './image-tag.ts';
import type { Workspace } from '../cli/workspace.ts';

type Places = Pick<Workspace, 'root' | 'tenantsFile' | 'dist'>;

/** tenants.json → dist/. Returns the exit code. */
export function synthDist(places: Places, print: (line: string) => void): number {
  const { found, wanted } = bothTrees(places);
  const changes = distChanges(found, wanted);
  writeDist(places.dist, wanted, changes);
  const [before, after] = [directoriesOf(found), directoriesOf(wanted)];
  for (const change of changes) {
    const { directory } = change;
    print(describeChange(change, !before.has(directory), !after.has(directory)));
  }
  const tenants = countTenants(wanted);
  print(
    changes.length === 0
      ? `nothing changed: ${tenants} up to date in ${shown(places.dist)}`
      : `${changes.length} changed, ${tenants} in ${shown(places.dist)}`,
  );
  return EXIT.done;
}

/** Compares dist/ with what synth would write and names each file that differs. */
export function checkDist(places: Places, print: (line: string) => void): number {
  const { found, wanted } = bothTrees(places);
  const changes = distChanges(found, wanted);
  for (const { directory, added, changed, removed } of changes) {
    for (const path of changed) print(`stale: ${directory}/${path}`);
    for (const path of added) print(`missing: ${directory}/${path}`);
    for (const path of removed) print(`surplus: ${directory}/${path}`);
  }
  print(
    changes.length === 0
      ? `${shown(places.dist)} is up to date: ${countTenants(wanted)}`
      : `${shown(places.dist)} is not up to date\n  → run pnpm synth and commit the result`,
  );
  return changes.length === 0 ? EXIT.done : EXIT.failed;
}

/** Reads tenants.json. @throws InvalidTenants, UsageError */
export function readFleet(tenantsFile: string): Fleet {
  return parseTenants(readTenants(tenantsFile), shown(tenantsFile));
}

function readTenants(tenantsFile: string): string {
  try {
    return readFileSync(tenantsFile, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'ENOENT'
        ? `${shown(tenantsFile)} is not there\n  → least form: {"tenants": [{"id": "alice", "name": "Alice"}]}`
        : `${shown(tenantsFile)} cannot be read: ${code}\n  → name another file with --tenants`,
      { cause: error },
    );
  }
}

function bothTrees({ root, tenantsFile, dist }: Places): { found: Tree; wanted: Tree } {
  const fleet = readFleet(tenantsFile);
  const wanted = synthesize(fleet, {
    image: `${fleet.imageRepository}:${whoamiTag(root)}`,
    vcluster: versions.vcluster,
    kubernetes: versions.kubernetes,
  });
  return { found: readDist(dist), wanted };
}

function directoriesOf(tree: Tree): ReadonlySet<string> {
  return new Set([...tree.keys()].map((path) => path.slice(0, path.indexOf('/'))));
}

function countTenants(tree: Tree): string {
  const count = [...tree.keys()].filter((path) => path.endsWith('/tenant.json')).length;
  return `${count} ${count === 1 ? 'tenant' : 'tenants'}`;
}

/** A path as the user would write it. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || short === '' ? path : short;
}
