import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textReport } from './helpers/text-report.ts';
import {
  clusterContainers,
  hasImage,
  isRunning,
  parseNodeImages,
  registryHas,
  startContainers,
} from '../lib/tools/docker.ts';
import { goVersion } from '../lib/tools/go.ts';
import type { Shell } from '../lib/cli/shell.ts';
import { ensureTools, SOPS, TOOLS, withoutOurs } from '../lib/tools/toolchain.ts';
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
    ['sops', 'sops 3.14.1', true],
    ['sops', 'sops 3.9.4 (latest)', false],
  ])('%s saying %s: %s', (name, said, fits) => {
    expect([...TOOLS, SOPS].find((tool) => tool.name === name)?.fits(said)).toBe(fits);
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
    const { chartDir } = await ensureTools(own(), textReport());
    expect(await chartDir('0.36.1')).toBeNull();
    expect(existsSync(join(own().bin, 'helm'))).toBe(false);
  });

  test('that are missing, with no Go to build them, are named with version and source', async () => {
    const { vcluster: _, ...others } = FITTING;
    for (const [name, script] of Object.entries(others)) fakes.add(name, script);
    fakes.add('go', 'exit 127');
    await expect(ensureTools(own(), textReport())).rejects.toThrow(
      /no fitting vcluster on PATH: and no Go to build them with\n {2}→ install vcluster 0\.36\.0 \(https:/,
    );
  });
});

test('a Go that fails is not no Go', async () => {
  const fakes = fakeCommands();
  fakes.add('go', 'echo "go: cannot find GOROOT" >&2; exit 2');
  await expect(goVersion(fakes.$)).rejects.toThrow(/go env GOVERSION: exit code 2\n.*GOROOT/);
  fakes.add('go', 'exit 127');
  expect(await goVersion(fakes.$)).toBeNull();
});

describe('Docker', () => {
  const REFUSED = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.';
  const ABSENT =
    'case "$1 $2" in "ps "*) ;; "manifest "*) echo "no such manifest: x" >&2; exit 1;; ' +
    '"image "*) echo "Error: No such image: x" >&2; exit 1;; *) echo "Error: No such object: x" >&2; exit 1;; esac';
  const docker = (script: string) => {
    const fakes = fakeCommands();
    fakes.add('docker', script);
    return fakes.$;
  };
  const questions = [
    ['image', hasImage],
    ['registry', registryHas],
    ['container', isRunning],
    ['cluster', async ($: Shell, name: string) => (await clusterContainers($, name)).length > 0],
  ] as const;

  test.each(questions)('that has no such %s says no', async (_, question) => {
    expect(await question(docker(ABSENT), 'x')).toBe(false);
  });

  test.each(questions)('that has the %s says yes', async (_, question) => {
    expect(await question(docker('echo true'), 'x')).toBe(true);
  });

  test.each(questions)('that fails does not say that there is no %s', async (_, question) => {
    const failing = docker(`echo "${REFUSED}" >&2; exit 1`);
    await expect(question(failing, 'x')).rejects.toThrow(REFUSED);
  });

  test.each(['denied: denied', 'unauthorized: authentication required', 'manifest unknown'])(
    'a registry that says "%s" lacks the image',
    async (words) => {
      expect(await registryHas(docker(`echo "${words}" >&2; exit 1`), 'x')).toBe(false);
    },
  );

  test('a permission that is denied is Docker’s, not the registry’s', async () => {
    const words = 'permission denied while trying to connect to the Docker daemon socket';
    const failing = docker(`echo "${words}" >&2; exit 1`);
    await expect(registryHas(failing, 'x')).rejects.toThrow(words);
  });

  // A node that was stopped gets the port of its API server again, unless somebody has it by then.
  test.each([
    'driver failed programming external connectivity on endpoint x (1a2b): Bind for 127.0.0.1:36475 failed: port is already allocated',
    'driver failed programming external connectivity on endpoint x (1a2b): Error starting userland proxy: listen tcp4 127.0.0.1:36475: bind: address already in use',
    'failed to set up container networking: driver failed programming external connectivity on endpoint x (1a2b): failed to bind host port for 127.0.0.1:36475:172.18.0.2:6443/tcp: address already in use',
    'failed to set up container networking: driver failed programming external connectivity on endpoint x (1a2b): failed to bind host port 127.0.0.1:36475/tcp: address already in use',
    'Ports are not available: exposing port TCP 127.0.0.1:36475 -> 127.0.0.1:0: listen tcp 127.0.0.1:36475: bind: address already in use',
  ])('a port that is taken is named, and what to do: %s', async (words) => {
    const failing = docker(`echo "Error response from daemon: ${words}" >&2; exit 1`);
    await expect(startContainers(failing, ['x-control-plane'])).rejects.toThrow(
      /^x-control-plane cannot start: 127\.0\.0\.1:36475 of this machine, .* is taken\n {2}→ ss -tanp 'sport = :36475' .*, then run the command again$/,
    );
  });

  test('a container that does not start for another reason says so itself', async () => {
    const failing = docker('echo "Error response from daemon: no space left" >&2; exit 1');
    await expect(startContainers(failing, ['x'])).rejects.toThrow('no space left');
  });
});

const NO_IMAGE = 'echo "Error: No such image: x" >&2; exit 1';

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
    ['echo denied >&2; exit 1', true, 'no Docker engine answers: denied'],
    [
      `case "$1" in info) ;; image) ${NO_IMAGE};; *) echo "dial tcp: i/o timeout" >&2; exit 1;; esac`,
      true,
      'no container registry answers: dial tcp: i/o timeout',
    ],
    [
      `case "$1" in info) ;; image) ${NO_IMAGE};; *) echo "manifest unknown" >&2; exit 1;; esac`,
      true,
      'the registry lacks the official node image',
    ],
    [`case "$1" in info) ;; image) ${NO_IMAGE};; esac`, false, 'Docker and a registry answer'],
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
    expect(() => officialNodeImage('1.20')).toThrow(/allowed: 1\.35, 1\.36, 1\.37/);
  });
});

test('images in a node are known by their tags; some have none', () => {
  const text = '{"images":[{"repoTags":["docker.io/tenantry/app:1","x:2"]},{"repoTags":null},{}]}';
  expect(parseNodeImages(text)).toEqual(['docker.io/tenantry/app:1', 'x:2']);
});
