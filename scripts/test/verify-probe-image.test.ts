import { afterAll, expect, test } from '@jest/globals';
import { createReport } from '../lib/cli/report.ts';
import { workspace } from '../lib/cli/workspace.ts';
import { imageTag } from '../lib/dist/image-tag.ts';
import { ensureProbeImage, PROBE_DIRECTORY } from '../lib/verify/probe-image.ts';
import { fakeCommands } from './fake-command.ts';
import { root, tempWorkspace } from './helpers/temp-workspace.ts';

const place = tempWorkspace();
afterAll(() => place.remove());

const report = createReport(() => true);
const tag = imageTag(root, PROBE_DIRECTORY);

async function ensured(kindCluster: string | null, docker: string) {
  const fakes = fakeCommands();
  fakes.add('docker', docker);
  fakes.add('kind', 'echo tenantry-control-plane');
  place.tenants('{"image": {"repository": "ghcr.io/example/app"}, "tenants": []}');
  const host = {
    $: fakes.$,
    chartDir: async () => null,
    target: { kubeconfig: '', context: '' },
    kindCluster,
  };
  const reference = await ensureProbeImage(
    host,
    workspace({ TENANTRY_DIR: place.dir, TENANTRY_SEALED: '0' }),
    report,
  );
  return { reference, docker: fakes.calls('docker').map(([command]) => command) };
}

test('a node of a kind cluster that has verify’s image gets nothing', async () => {
  const images = JSON.stringify({ images: [{ repoTags: [`docker.io/tenantry/probe:${tag}`] }] });
  expect(await ensured('tenantry', `echo '${images}'`)).toEqual({
    reference: `tenantry/probe:${tag}`,
    docker: ['exec'],
  });
});

test('a host of one’s own pulls it from below the service image’s repository', async () => {
  const absent = 'if [ "$1" = manifest ]; then echo manifest unknown >&2; exit 1; fi';
  expect(await ensured(null, absent)).toEqual({
    reference: `ghcr.io/example/app/probe:${tag}`,
    docker: ['manifest', 'image', 'push'],
  });
});
