import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Workload } from '@tenantry/workload';
import { imageReferences } from '../lib/dist/image-references.ts';
import { imageTag } from '../lib/dist/image-tag.ts';

const digest = `registry.example.com:5000/cache@sha256:${'c'.repeat(64)}` as const;
let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tenantry-images-'));
  for (const name of ['api', 'web']) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'Dockerfile'), `FROM ${name}\n`);
  }
  writeFileSync(join(root, 'pnpm-lock.yaml'), 'importers: {}\n');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function references(images: Workload['images']) {
  return imageReferences(root, 'ghcr.io/example/app', images);
}

test('the only image that is built is the repository; one that is pulled is what it says', () => {
  expect(references({ api: { build: 'api' }, cache: { pull: digest } })).toEqual({
    api: `ghcr.io/example/app:${imageTag(root, 'api')}`,
    cache: digest,
  });
});

test('of several each is a path below the repository, with a tag of its own', () => {
  expect(references({ api: { build: 'api' }, web: { build: 'web' } })).toEqual({
    api: `ghcr.io/example/app/api:${imageTag(root, 'api')}`,
    web: `ghcr.io/example/app/web:${imageTag(root, 'web')}`,
  });
  expect(imageTag(root, 'api')).not.toBe(imageTag(root, 'web'));
});

test('the tag of a directory that is no package covers every file in it', () => {
  const before = imageTag(root, 'web');
  const tags = [before];
  // Neither byte is text: as text both would be the same replacement character.
  for (const byte of [0xfe, 0xff]) {
    writeFileSync(join(root, 'web', 'logo.png'), Buffer.from([byte]));
    tags.push(imageTag(root, 'web'));
  }
  expect(new Set(tags).size).toBe(3);
});
