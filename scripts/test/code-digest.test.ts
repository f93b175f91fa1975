import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { codeDigest } from '../lib/dist/code-digest.ts';
import { root } from './helpers/temp-workspace.ts';

let copy = '';

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'tenantry-digest-'));
  for (const path of [
    'packages/manifests/src',
    'packages/tenants/src',
    'packages/sealed/src',
    'packages/workload/src',
    'packages/pause-page',
    'packages/workload/fixture/image',
    'scripts/lib/dist',
    'pnpm-lock.yaml',
  ]) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

test('the digest is the same for the same sources elsewhere, and another after a change of any', () => {
  const digests = [codeDigest(copy)];
  expect(digests).toEqual([codeDigest(root)]);
  for (const path of [
    'packages/manifests/src/isolation.ts',
    'packages/tenants/src/resolve.ts',
    'packages/sealed/src/versions.ts',
    'packages/workload/src/built-images.ts',
    'packages/pause-page/Dockerfile',
    'packages/workload/fixture/image/Dockerfile',
    'scripts/lib/dist/image-tag.ts',
    'pnpm-lock.yaml',
  ]) {
    appendFileSync(join(copy, path), '\n');
    digests.push(codeDigest(copy));
  }
  writeFileSync(join(copy, 'packages/workload/fixture/image/new.js'), '');
  digests.push(codeDigest(copy));
  expect(new Set(digests).size).toBe(digests.length);
});
