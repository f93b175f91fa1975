import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { textReport } from './helpers/text-report.ts';
import { mayGrant } from '../lib/sealed/docker.ts';
import { compiledPackages } from '../lib/sealed/go-install.ts';
import { containerdConfig, containerSpec } from '../lib/sealed/node-files.ts';
import { buildNodeImage } from '../lib/sealed/node-image.ts';
import { compare } from '../lib/sealed/preflight.ts';
import { mirrorOf } from '../lib/sealed/rootfs.ts';
import { filesOf } from '../lib/sealed/small-root.ts';
import { inputHash } from '../lib/sealed/store.ts';
import { extractChart } from '../lib/sealed/tools.ts';
import { fakeCommands } from './fake-command.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sealed-'));
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

test('the mirror is the one apt has for the suite, not its updates', () => {
  const targets =
    'http://mirror/debian-security/ bookworm-security main\n' +
    'http://mirror/debian/ bookworm-updates main\n' +
    'http://mirror/debian/ bookworm contrib\n' +
    'http://mirror/debian/ bookworm main\n';
  expect(mirrorOf(targets, 'bookworm')).toBe('http://mirror/debian/');
  expect(mirrorOf(targets, 'trixie')).toBeUndefined();
});

test('a small root leaves out documentation, and the links of the merged /usr', () => {
  const list =
    '/.\n/lib\n/lib/x86_64-linux-gnu/libc.so.6\n/usr/share/doc\n/usr/share/doc/libc6/copyright\n' +
    '/usr/share/docker\n/usr/lib/x86_64-linux-gnu/gconv/UTF-16.so\n/usr/share/man/man1/x.1.gz\n';
  expect(filesOf(list)).toEqual(['lib/x86_64-linux-gnu/libc.so.6', 'usr/share/docker']);
});

test('CAP_SYS_RESOURCE is read from the bounding set', () => {
  expect(mayGrant('CapEff:\t0\nCapBnd:\t000001fffeffffff\n', 24n)).toBe(false);
  expect(mayGrant('CapBnd:\t000001ffffffffff\n', 24n)).toBe(true);
});

test('version numbers are compared part by part', () => {
  expect(compare('1.26.8', '1.26.5')).toBeGreaterThan(0);
  expect(compare('1.9.9', '1.26.5')).toBeLessThan(0);
  expect(compare('1.27rc1', '1.26.5')).toBeGreaterThan(0);
  expect(compare('1.26.5', '1.26.5')).toBe(0);
});

test('compile progress counts packages, not downloads', () => {
  expect(compiledPackages('go: downloading k8s.io/api v0.36.3\nk8s.io/api/core/v1\nfmt\n')).toBe(2);
});

describe('the node', () => {
  test('uses the pause image it carries and never asks for a lower OOM score', () => {
    const text =
      '  sandbox_image = "registry.k8s.io/pause:3.10"\n  restrict_oom_score_adj = false\n';
    expect(containerdConfig(text)).toBe(
      '  sandbox_image = "registry.k8s.io/pause:3.10.2"\n  restrict_oom_score_adj = true\n',
    );
  });

  test('runs containers with its own limits and kind’s hook', () => {
    const spec: unknown = JSON.parse(
      containerSpec(
        '{"ociVersion":"1.3.0","process":{"cwd":"/","rlimits":[{"type":"RLIMIT_NOFILE"}]}}',
      ),
    );
    expect(spec).toEqual({
      ociVersion: '1.3.0',
      process: { cwd: '/' },
      hooks: { createContainer: [{ path: '/kind/bin/mount-product-files.sh' }] },
    });
  });
});

test('a Docker that fails does not say that the node image is not built', async () => {
  const fakes = fakeCommands();
  fakes.add('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  await expect(buildNodeImage(fakes.$, textReport(), directory)).rejects.toThrow(
    'Cannot connect to the Docker daemon',
  );
  expect(await readdir(directory)).toEqual([]);
});

test('a hash changes with data, content and name, and not otherwise', async () => {
  const file = path.join(directory, 'a');
  await writeFile(file, 'one');
  const first = await inputHash([1], [directory]);
  expect(first).toMatch(/^[0-9a-f]{12}$/);
  expect(await inputHash([1], [directory])).toBe(first);
  expect(await inputHash([2], [directory])).not.toBe(first);
  await symlink('a', path.join(directory, 'link'));
  expect(await inputHash([1], [directory])).toBe(first);
  await writeFile(file, 'two');
  expect(await inputHash([1], [directory])).not.toBe(first);
});

test('the chart of a version comes out of the main module with that version in it, once', async () => {
  const module = path.join(directory, 'module');
  await mkdir(path.join(module, 'chart'), { recursive: true });
  await writeFile(path.join(module, 'chart/Chart.yaml'), 'name: vcluster\nversion: 0.0.1\n');
  const fakes = fakeCommands();
  fakes.add('go', `case "$1" in list) cp go.mod "${directory}"; echo "${module}";; esac`);
  const chart = await extractChart(fakes.$, directory, '0.36.1');
  expect(await extractChart(fakes.$, directory, '0.36.1')).toBe(chart);
  expect(await readFile(path.join(chart, 'Chart.yaml'), 'utf8')).toBe(
    'name: vcluster\nversion: 0.36.1\n',
  );
  expect(await readFile(path.join(directory, 'go.mod'), 'utf8')).toContain(
    'github.com/loft-sh/vcluster v0.36.1 ',
  );
  expect(fakes.calls('go').map(([command]) => command)).toEqual(['mod', 'list']);
  const left = await readdir(path.dirname(chart));
  expect(left.filter((name) => name.includes('partial'))).toEqual([]);
});
