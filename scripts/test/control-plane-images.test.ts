import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ensureControlPlaneImages } from '../lib/cluster/control-plane-images.ts';
import { fakeCommands } from './fake-command.ts';
import { textReport } from './helpers/text-report.ts';

const VCLUSTER = 'ghcr.io/loft-sh/vcluster-oss:0.36.1';
const KUBERNETES = 'ghcr.io/loft-sh/kubernetes:v1.36.3';

let cache: string;
let sealed: string | undefined;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'tenantry-images-'));
  sealed = process.env['TENANTRY_SEALED'];
});
afterEach(() => {
  rmSync(cache, { recursive: true, force: true });
  if (sealed === undefined) delete process.env['TENANTRY_SEALED'];
  else process.env['TENANTRY_SEALED'] = sealed;
});

interface Situation {
  readonly vcluster?: string;
  readonly kubernetes?: string;
  readonly loaded?: readonly string[];
  readonly kindCluster?: string | null;
  readonly isSealed?: boolean;
}

/** What docker and kind are asked for; the image that is built is in Docker already. */
async function asked(situation: Situation): Promise<readonly string[]> {
  const { vcluster = '0.36.1', kubernetes = '1.36.3', loaded = [KUBERNETES] } = situation;
  const { kindCluster = 'tenantry', isSealed = true } = situation;
  process.env['TENANTRY_SEALED'] = isSealed ? '1' : '0';
  const fakes = fakeCommands();
  const images = JSON.stringify({ images: [{ repoTags: loaded }] });
  fakes.add('docker', `case "$1" in exec) echo '${images}';; esac`);
  fakes.add('kind', 'case "$1" in get) echo tenantry-control-plane;; esac');
  fakes.add('go', 'echo go1.26.8');
  const image = { tag: `v${kubernetes}` };
  const tenant = {
    id: 'alice',
    chartVersion: vcluster,
    values: { controlPlane: { distro: { k8s: { image } } } },
  };
  const host = { $: fakes.$, kindCluster };
  await ensureControlPlaneImages(host, tenant, { cache }, textReport());
  const calls = (name: string) => {
    try {
      return fakes.calls(name).map((args) => [name, ...args].join(' '));
    } catch {
      return [];
    }
  };
  return [...calls('docker'), ...calls('kind')].map((call) =>
    call.replace(/-sealed-[0-9a-f]{12}/, '-sealed-HASH'),
  );
}

const LOOK = ['docker exec tenantry-control-plane crictl images -o json'];
const NODES = ['kind get nodes --name tenantry'];

test('where nothing can be pulled, what the nodes lack is built and loaded under its public name', async () => {
  const built = 'tenantry/vcluster:0.36.1-sealed-HASH';
  expect(await asked({})).toEqual([
    ...LOOK,
    `docker image inspect --format {{.Id}} ${built}`,
    `docker tag ${built} ${VCLUSTER}`,
    `docker image rm ${VCLUSTER}`,
    ...NODES,
    `kind load docker-image ${VCLUSTER} --name tenantry`,
  ]);
});

test.each<[string, Situation, readonly string[]]>([
  ['the versions that every node carries', { vcluster: '0.36.0' }, []],
  ['a host that is no kind cluster of this machine', { kindCluster: null }, []],
  ['what is loaded', { loaded: [KUBERNETES, VCLUSTER] }, [...LOOK, ...NODES]],
  ['what the nodes can pull', { isSealed: false, kubernetes: '1.35.0' }, [...LOOK, ...NODES]],
])('nothing is built for %s', async (_, situation, calls) => {
  expect(await asked(situation)).toEqual(calls);
});

test('a Kubernetes that is not built here is named, with what is', async () => {
  await expect(asked({ vcluster: '0.36.0', kubernetes: '1.35.0' })).rejects.toThrow(
    /^alice: Kubernetes 1\.35\.0: ghcr\.io\/loft-sh\/kubernetes:v1\.35\.0 is pulled .*\n {2}→ .* or name 1\.36\.3 in/,
  );
});
