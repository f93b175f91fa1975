import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { RESTORING_ANNOTATION } from '@tenantry/tenants';
import type { ConnectedHost } from '../lib/cluster/host.ts';
import { takeSnapshot } from '../lib/offboard/snapshot.ts';
import { keepBeforeUpgrade, type KeepOptions } from '../lib/upgrade/keep-snapshot.ts';
import { keepWhereGiven } from '../lib/upgrade/roll-back-means.ts';
import { type FakeCommands, fakeCommands } from './fake-command.ts';
import { type FakeApi, fakeApi } from './helpers/fake-api.ts';

const NAMESPACE = 'vcluster-tenant-alice';
const STATEFUL_SET = `apps/v1 StatefulSet ${NAMESPACE}/tenant-alice`;
const VERSIONS = { vcluster: '0.36.0', kubernetes: '1.36.3' };
const SNAPSHOT = gzipSync('all that her API server knows');

let dir: string;
let api: FakeApi;
let fakes: FakeCommands;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tenantry-snapshot-'));
  writeFileSync(join(dir, 'in-the-pod'), SNAPSHOT);
  fakes = fakeCommands();
  kubectl('exit 0');
  api = fakeApi();
  api.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** The control plane's pod, in which a snapshot can be taken as `snapshot` does. */
function kubectl(snapshot: string): void {
  const file = join(dir, 'in-the-pod');
  fakes.add(
    'kubectl',
    `case "$*" in *" /vcluster snapshot") ${snapshot};; *" cat "*) cat "${file}";; *"wc -c"*) wc -c <"${file}";; esac`,
  );
}

function controlPlane(replicas: number, pod: object = {}): void {
  api.put({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'tenant-alice', namespace: NAMESPACE },
    spec: { replicas, template: { spec: pod } },
  });
}

function host(): ConnectedHost {
  return {
    $: fakes.$,
    client: api.client,
    target: { kubeconfig: '/kubeconfig', context: 'kind-tenantry' },
    chartDir: async () => null,
    kindCluster: null,
  };
}

const { signal } = new AbortController();

function options(recipient?: string): KeepOptions {
  return { archives: join(dir, 'archives'), state: dir, recipient, signal };
}

function keep(recipient?: string): Promise<string> {
  return keepBeforeUpgrade(host(), 'alice', VERSIONS, options(recipient));
}

test('a snapshot is kept under its versions, to its owner alone, with its checksum', async () => {
  controlPlane(1);
  const name = await keep();
  expect(name).toMatch(/^alice-\d{4}-.*Z-vcluster-0\.36\.0-kubernetes-1\.36\.3\.tar\.gz$/);
  const file = join(dir, 'archives', name);
  expect(readFileSync(file)).toEqual(SNAPSHOT);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const digest = createHash('sha256').update(SNAPSHOT).digest('hex');
  expect(readFileSync(`${file}.sha256`, 'utf8')).toBe(`${digest}  ${name}\n`);
  expect(api.writes).toEqual([]);
  expect(readdirSync(dir).toSorted()).toEqual(['archives', 'in-the-pod']);
});

test('with a recipient it is encrypted for that one', async () => {
  controlPlane(1);
  const identity = await generateIdentity();
  const name = await keep(await identityToRecipient(identity));
  expect(name).toMatch(/\.tar\.gz\.age$/);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const file = readFileSync(join(dir, 'archives', name));
  expect(Buffer.from(await decrypter.decrypt(file))).toEqual(SNAPSHOT);
});

test('a control plane at zero is started for it, without pods of the tenant, and ended again', async () => {
  controlPlane(0);
  await keep();
  const quota = `v1 ResourceQuota ${NAMESPACE}/tenantry-alone`;
  expect(api.writes.filter((write) => !/tenantry-system/.test(write))).toEqual([
    `PATCH ${quota}`,
    `PATCH ${STATEFUL_SET}/scale`,
    `PATCH ${STATEFUL_SET}/scale`,
    `DELETE ${quota}`,
  ]);
  expect(api.get(STATEFUL_SET)?.['spec']).toMatchObject({ replicas: 0 });
});

test('where none can be taken it is said what to do, and none is kept', async () => {
  controlPlane(1);
  kubectl('echo "no space left" >&2; exit 1');
  await expect(keep()).rejects.toThrow(
    /^alice was not upgraded: no snapshot of its control plane could be taken: [^]*no space left[^]*\n {2}→ .*pnpm run deploy alice --skip-snapshot/,
  );
  expect(existsSync(join(dir, 'archives'))).toBe(false);
});

test('one that is half restored is not started for it', async () => {
  controlPlane(0);
  api.put({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, annotations: { [RESTORING_ANNOTATION]: 'sha256:1 held' } },
  });
  await expect(keep()).rejects.toThrow(/a restore into it has not ended/);
  expect(api.writes).toEqual([]);
});

test('a control plane that hangs is given up', async () => {
  kubectl('exec sleep 60');
  const place = { namespace: NAMESPACE, name: 'tenant-alice' };
  const timed = { timeoutSeconds: 0.3, signal };
  await expect(takeSnapshot(host(), place, join(dir, 'snapshot'), timed)).rejects.toThrow(
    'pod tenant-alice-0 has not given its snapshot within 0.3 seconds',
  );
});

test('before a restore one is kept of the versions that live', async () => {
  controlPlane(1, { containers: [{ name: 'syncer', image: 'vcluster-oss:0.36.1' }] });
  expect(await keepWhereGiven(host(), 'alice', options())).toMatch(
    /^what it has is in archives\/alice-.*Z-vcluster-0\.36\.1\.tar\.gz$/,
  );
});

test('where none can be kept before a restore, that is said in a line', async () => {
  controlPlane(1);
  kubectl('echo "no\nspace left" >&2; exit 1');
  expect(await keepWhereGiven(host(), 'alice', options())).toMatch(
    /^no snapshot of what it has could be kept: .*no space left$/,
  );
});

test('what is no snapshot is not kept', async () => {
  controlPlane(1);
  writeFileSync(join(dir, 'in-the-pod'), 'text');
  await expect(keep()).rejects.toThrow(/cannot be unpacked/);
  expect(existsSync(join(dir, 'archives'))).toBe(false);
});
