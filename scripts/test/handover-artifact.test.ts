import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { differencesFrom } from '../lib/handover/artifact.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tenantry-artifact-'));
  mkdirSync(join(dir, 'state'));
  write('dist/alice/host/quota.yaml', 'pods: 20\n');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

/** What a registry has once directories as they are now are pushed. */
function push(...parts: readonly string[]): Buffer {
  const archive = join(dir, 'pushed.tar.gz');
  execFileSync('tar', ['--create', '--gzip', '--file', archive, '--directory', dir, ...parts]);
  return readFileSync(archive);
}

const compare = (archive: Buffer) =>
  differencesFrom(archive, {
    dist: join(dir, 'dist'),
    secrets: join(dir, 'secrets'),
    state: join(dir, 'state'),
  });

test('what was pushed is what lies here', async () => {
  expect(await compare(push('dist'))).toBe('');
});

test('a source takes nothing that is hidden, as .sops.yaml', async () => {
  write('secrets/alice.yaml', 'kind: Secret\n');
  const archive = push('dist', 'secrets');
  write('secrets/.sops.yaml', 'creation_rules: []\n');
  expect(await compare(archive)).toBe('');
});

test('what has changed since, has come or is gone is named', async () => {
  write('dist/bob/host/quota.yaml', 'pods: 20\n');
  const archive = push('dist');
  write('dist/alice/host/quota.yaml', 'pods: 30\n');
  write('secrets/alice.yaml', 'kind: Secret\n');
  rmSync(join(dir, 'dist/bob'), { recursive: true });
  const lines = (await compare(archive)).split('\n');
  expect(lines).toEqual([
    expect.stringContaining('dist/alice/host/quota.yaml differ'),
    expect.stringContaining('dist/bob/host/quota.yaml differ'),
    expect.stringContaining('secrets/alice.yaml differ'),
  ]);
});

test('what is no archive is an error and no answer', async () => {
  await expect(compare(Buffer.from('<html>'))).rejects.toThrow(/tar/);
});
