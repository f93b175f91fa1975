import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReport } from '../lib/cli/report.ts';
import { ensureTools, TOOLS, withoutOurs } from '../lib/tools/toolchain.ts';
import { chooseWay, officialNodeImage } from '../lib/cluster/image-source.ts';
import { workspace } from '../lib/cli/workspace.ts';
import { type FakeCommands, fakeCommands } from './fake-command.ts';

const FITTING = {
  kubectl: `echo '{"clientVersion": {"gitVersion": "v1.36.1"}}' | sed 's/": {"/": {\\n"/'`,
  helm: 'echo v3.19.0',
  vcluster: 'echo vcluster version 0.36.0',
  kind: 'echo kind v0.33.0 go1.26 linux/amd64',
} as const;

describe('which versions fit', () => {
  test.each([
    ['kubectl', '{ "clientVersion": { "gitVersion": "v1.37.0" } }', true],
    ['kubectl', '{ "clientVersion": { "gitVersion": "v1.32.4-dispatcher" } }', false],
    ['helm', 'v3.22.0', true],
    ['helm', 'v4.0.0', false],
    ['helm', 'v3.2.0', false],
    ['vcluster', 'vcluster version 0.36.0', true],
    ['vcluster', 'vcluster version 0.35.1', false],
    ['kind', 'kind v0.34.0 go1.26 linux/amd64', true],
    ['kind', 'kind v0.20.0 go1.20 linux/amd64', false],
  ])('%s saying %s: %s', (name, said, fits) => {
    expect(TOOLS.find((tool) => tool.name === name)?.fits(said)).toBe(fits);
  });
});

test('tools of a workspace of ours on PATH are not taken for the machine’s', () => {
  expect(withoutOurs('/a/.tenantry/bin:/usr/bin:/b/.tenantry/bin:/bin')).toBe('/usr/bin:/bin');
});

describe('tools', () => {
  let fakes: FakeCommands;
  let path: string | undefined;
  let dir: string;
  beforeEach(() => {
    fakes = fakeCommands();
    path = process.env['PATH'];
    process.env['PATH'] = `${fakes.directory}:/usr/bin:/bin`;
    dir = mkdtempSync(join(tmpdir(), 'tenantry-tools-'));
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(dir, { recursive: true, force: true });
  });
  const own = () => workspace({ TENANTRY_DIR: dir, TENANTRY_CACHE: dir });

  test('on PATH are used where they fit, and ours do not hide them', async () => {
    for (const [name, script] of Object.entries(FITTING)) fakes.add(name, script);
    mkdirSync(own().bin, { recursive: true });
    symlinkSync('/bin/false', join(own().bin, 'helm'));
    const { chartDir } = await ensureTools(
      own(),
      createReport(() => undefined),
    );
    expect(chartDir).toBeNull();
    expect(existsSync(join(own().bin, 'helm'))).toBe(false);
  });

  test('that are missing, with no Go to build them, are named with version and source', async () => {
    const { vcluster: _, ...others } = FITTING;
    for (const [name, script] of Object.entries(others)) fakes.add(name, script);
    fakes.add('go', 'exit 1');
    await expect(
      ensureTools(
        own(),
        createReport(() => undefined),
      ),
    ).rejects.toThrow(
      /no fitting vcluster on PATH: and no Go to build them with\n {2}→ install vcluster 0\.36\.0 \(https:/,
    );
  });
});

describe('the way to a cluster', () => {
  test.each([
    ['1', true],
    ['Yes', true],
    ['0', false],
    ['off', false],
  ])('TENANTRY_SEALED=%s forces it', async (forced, sealed) => {
    expect(await chooseWay(fakeCommands().$, forced)).toMatchObject({ sealed });
  });

  test.each([
    ['exit 1', true, 'no Docker engine answers'],
    [
      'case "$1" in info) ;; image) exit 1;; manifest) exit 1;; esac',
      true,
      'no container registry answers',
    ],
    [
      'case "$1" in info) ;; image) exit 1;; manifest) ;; esac',
      false,
      'Docker and a registry answer',
    ],
    ['exit 0', false, 'the official node image is here'],
  ])('a docker that does `%s`: sealed %s, %s', async (script, sealed, why) => {
    const fakes = fakeCommands();
    fakes.add('docker', script);
    expect(await chooseWay(fakes.$, '')).toEqual({ sealed, why });
  });

  test('another TENANTRY_SEALED is refused', async () => {
    await expect(chooseWay(fakeCommands().$, 'sealed')).rejects.toThrow(
      'TENANTRY_SEALED is "sealed"',
    );
  });

  test('a minor that is not tested is refused', () => {
    expect(officialNodeImage('1.35')).toMatch(/^kindest\/node:v1\.35\.\d+@sha256:/);
    expect(() => officialNodeImage('1.20')).toThrow(/allowed: 1\.35, 1\.36/);
  });
});
