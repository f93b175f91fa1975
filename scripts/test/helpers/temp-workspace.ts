import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

/** Has Node run a script on the workload of packages/workload/fixture, as these tests do. */
export const ON_FIXTURE = '--conditions=tenantry-fixture';

export const root = resolve(import.meta.dirname, '../../..');

/** A directory for TENANTRY_DIR, with what a test puts there. */
export interface TempWorkspace {
  readonly root: string;
  readonly dir: string;
  readonly tenantsFile: string;
  readonly dist: string;
  readonly secrets: string;
  readonly state: string;
  /** Writes tenants.json with these tenants, or with this text. */
  tenants(content: string | readonly object[]): void;
  write(path: string, text: string): void;
  remove(): void;
}

export function tempWorkspace(): TempWorkspace {
  const dir = mkdtempSync(join(tmpdir(), 'tenantry-synth-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  return {
    root,
    dir,
    tenantsFile: join(dir, 'tenants.json'),
    dist: join(dir, 'dist'),
    secrets: join(dir, 'secrets'),
    state: join(dir, '.tenantry'),
    tenants: (content) =>
      write(
        'tenants.json',
        typeof content === 'string' ? content : JSON.stringify({ tenants: content }),
      ),
    write,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** All below a directory: texts by path, `null` for a directory, where a link leads; none where it is not there. */
export function contents(directory: string): Record<string, string | null> {
  if (!existsSync(directory)) return {};
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .map((entry) => [entry, join(entry.parentPath, entry.name)] as const)
      .map(([entry, path]) => [
        relative(directory, path),
        entry.isDirectory()
          ? null
          : entry.isSymbolicLink()
            ? `→ ${readlinkSync(path)}`
            : readFileSync(path, 'utf8'),
      ]),
  );
}

/** When each thing below a directory was last written, to tell that nothing was. */
export function writtenAt(directory: string): Record<string, bigint> {
  return Object.fromEntries(
    ['', ...Object.keys(contents(directory))].map((path) => [
      path,
      lstatSync(join(directory, path), { bigint: true }).mtimeNs,
    ]),
  );
}
