import { expect, test } from '@jest/globals';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const directories = ['scripts', ...globSync('packages/*', { cwd: root })].filter((directory) =>
  existsSync(join(root, directory, 'package.json')),
);

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** `scripts --> plan` for each package of ours that a directory's package.json names. */
function declared(directory: string): readonly string[] {
  const text = readFileSync(join(root, directory, 'package.json'), 'utf8');
  const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as PackageJson;
  return Object.keys({ ...dependencies, ...devDependencies }).flatMap((name) =>
    name.startsWith('@tenantry/') ? [arrow(directory, name)] : [],
  );
}

/** The same for each that its sources and tests import. */
function imported(directory: string): readonly string[] {
  const files = globSync('**/*.ts', {
    cwd: join(root, directory),
    exclude: (name) => name === 'node_modules',
  });
  return files.flatMap((file) => {
    const text = readFileSync(join(root, directory, file), 'utf8');
    const imports = text.matchAll(/\b(?:from|import)[ (]'(@tenantry\/[a-z-]+)(?:\/[a-z-]+)?'/g);
    return [...imports].map(([, name = '']) => arrow(directory, name));
  });
}

function arrow(directory: string, name: string): string {
  return `${basename(directory)} --> ${name.slice('@tenantry/'.length)}`;
}

/** The lines of the one Mermaid graph of the README. */
function drawn(): readonly string[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, graph = ''] = /^```mermaid\ngraph TD\n(.*?)^```$/ms.exec(readme) ?? [];
  return graph
    .trimEnd()
    .split('\n')
    .map((line) => line.trim());
}

const sorted = (lines: readonly string[]) => [...new Set(lines)].sort();

test('the README draws what the packages import, and no other arrow', () => {
  const arrows = drawn().filter((line) => line.includes('-->'));
  expect(sorted(arrows)).toEqual(sorted(directories.flatMap(imported)));
  expect(sorted(drawn().flatMap((line) => line.split(' --> ')))).toEqual(
    sorted(directories.map((directory) => basename(directory))),
  );
});

test('package.json names what is imported, and nothing else of ours', () => {
  expect(sorted(directories.flatMap(declared))).toEqual(sorted(directories.flatMap(imported)));
});
