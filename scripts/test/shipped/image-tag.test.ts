import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { builtImages, workload } from '@tenantry/workload';
import { imageTag, productionDependencies } from '../../lib/dist/image-tag.ts';
import { PROBE_DIRECTORY } from '../../lib/verify/probe-image.ts';

const root = resolve(import.meta.dirname, '../../..');
const [service = ''] = builtImages(workload.images).values();
let copy = '';

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'tenantry-tag-'));
  for (const path of [`${service}/src`, `${service}/Dockerfile`, `${service}/package.json`]) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  cpSync(join(root, 'pnpm-lock.yaml'), join(copy, 'pnpm-lock.yaml'));
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

function edit(path: string, change: (text: string) => string): void {
  const file = join(copy, path);
  const text = readFileSync(file, 'utf8');
  expect(change(text)).not.toBe(text);
  writeFileSync(file, change(text));
}

describe('the image tag', () => {
  const tag = imageTag(root, service);

  test('is twelve hexadecimal digits', () => {
    expect(tag).toMatch(/^[0-9a-f]{12}$/);
  });

  test('is the same for a copy of the files elsewhere, without Git', () => {
    expect(imageTag(copy, service)).toBe(tag);
  });

  test.each([`${service}/src/app.ts`, `${service}/Dockerfile`, 'pnpm-lock.yaml'])(
    'is the same where %s was checked out with CRLF',
    (path) => {
      edit(path, (text) => text.replaceAll('\n', '\r\n'));
      expect(imageTag(copy, service)).toBe(tag);
    },
  );

  test.each([`${service}/src/app.ts`, `${service}/Dockerfile`, `${service}/package.json`])(
    'is another after a change of %s',
    (path) => {
      edit(path, (text) => `${text}\n`);
      expect(imageTag(copy, service)).not.toBe(tag);
    },
  );

  test('is another where a source is added, renamed or moved', () => {
    const file = (path: string) => join(copy, service, 'src', path);
    const tags = [tag];
    for (const path of ['a.ts', 'b.ts', 'b/c.ts']) {
      mkdirSync(dirname(file(path)), { recursive: true });
      writeFileSync(file(path), '');
      tags.push(imageTag(copy, service));
      rmSync(file(path));
      if (path.includes('/')) rmSync(dirname(file(path)), { recursive: true });
    }
    expect(new Set(tags).size).toBe(4);
    expect(imageTag(copy, service)).toBe(tag);
  });

  test('is another where a dependency of a dependency has another version', () => {
    edit('pnpm-lock.yaml', (text) =>
      text.replaceAll(/(?<=\bsend(?:@|: ))\d+\.\d+\.\d+/g, '99.0.0'),
    );
    expect(imageTag(copy, service)).not.toBe(tag);
  });

  test('is the same where a tool has another version, or a test changes', () => {
    edit('pnpm-lock.yaml', (text) =>
      text.replaceAll(/(?<=\bprettier(?:@|:\n\s+specifier: |: ))\d+\.\d+\.\d+/g, '99.0.0'),
    );
    mkdirSync(join(copy, service, 'test'));
    writeFileSync(join(copy, service, 'test/new.test.ts'), '');
    expect(imageTag(copy, service)).toBe(tag);
  });
});

test('verify’s own image starts from what the service’s does: a host pulls nothing more', () => {
  const base = (directory: string) =>
    /^ARG RUNTIME_IMAGE=(\S+@sha256:\S+)$/m.exec(
      readFileSync(join(root, directory, 'Dockerfile'), 'utf8'),
    )?.[1];
  expect(base(PROBE_DIRECTORY)).toBeDefined();
  expect(base(PROBE_DIRECTORY)).toBe(base(service));
});

describe('production dependencies', () => {
  const lock = `
importers:
  packages/one:
    dependencies:
      a: { specifier: ^1.0.0, version: 1.0.0 }
      p: { specifier: 2.0.0, version: 2.0.0(a@1.0.0) }
    devDependencies:
      tool: { specifier: 9.0.0, version: 9.0.0 }
  packages/two: {}
packages:
  a@1.0.0: { resolution: { integrity: sha512-a } }
  b@3.0.0: { resolution: { integrity: sha512-b } }
  p@2.0.0: { resolution: { integrity: sha512-p } }
  tool@9.0.0: { resolution: { integrity: sha512-tool } }
snapshots:
  a@1.0.0: { dependencies: { b: 3.0.0 } }
  b@3.0.0: { dependencies: { a: 1.0.0 } }
  p@2.0.0(a@1.0.0): { dependencies: { a: 1.0.0 } }
  tool@9.0.0: {}
`;

  test('are all that is reached, with integrity, sorted, cycles and peers included', () => {
    expect(productionDependencies(lock, 'packages/one')).toEqual([
      'a@1.0.0 sha512-a',
      'b@3.0.0 sha512-b',
      'p@2.0.0(a@1.0.0) sha512-p',
    ]);
  });

  test('are none for a package without any, or unknown', () => {
    expect(productionDependencies(lock, 'packages/two')).toEqual([]);
    expect(productionDependencies(lock, 'packages/three')).toEqual([]);
  });

  test('of the service start from express', () => {
    const text = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8');
    const found = productionDependencies(text, service);
    expect(found).toContainEqual(expect.stringMatching(/^express@5\.\S+ sha512-/));
    expect(found.filter((line) => !/^\S+@\d+\.\d+\.\d+\S* sha512-\S+$/.test(line))).toEqual([]);
    expect(found).not.toContainEqual(expect.stringMatching(/^@types/));
  });
});
