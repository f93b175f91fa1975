import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { V1Pod, V1StatefulSet } from '@tenantry/kube-library';
import type { ObjectOf } from '@tenantry/plan';
import { digestOf } from '../lib/offboard/archive-store.ts';
import {
  dumpVolumes,
  paired,
  restoreVolumes,
  type Transfer,
  tryVolumes,
} from '../lib/offboard/transfer-volumes.ts';
import { volumePod } from '../lib/offboard/volume-pod.ts';
import { splitVolumes, volumeStreams } from '../lib/offboard/volume-streams.ts';
import { fakeCommands, type FakeCommands } from './fake-command.ts';
import { type FakeApi, fakeApi } from './helpers/fake-api.ts';

const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } };
const database: ObjectOf<V1StatefulSet> = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'default' },
  spec: {
    serviceName: 'db',
    replicas: 2,
    selector: { matchLabels: { app: 'db' } },
    template: {
      metadata: { labels: { app: 'db' } },
      spec: {
        serviceAccountName: 'of-the-tenants-cluster',
        initContainers: [{ name: 'init', image: 'init' }],
        securityContext: { runAsNonRoot: true, fsGroup: 1 },
        containers: [
          { name: 'exporter', image: 'exporter' },
          {
            name: 'db',
            image: 'db',
            args: ['serve'],
            env: [
              { name: 'MODE', value: 'fast' },
              { name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
            ],
            envFrom: [{ configMapRef: { name: 'c' } }],
            volumeMounts: [
              { name: 'data', mountPath: '/data' },
              { name: 'tmp', mountPath: '/tmp' },
              { name: 'config', mountPath: '/config' },
            ],
          },
        ],
        volumes: [
          { name: 'tmp', emptyDir: {} },
          { name: 'config', configMap: { name: 'c' } },
        ],
      },
    },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec }],
  },
};
const method = { container: 'db', dump: ['dump', '--all'], restore: ['load'] };
const streams = volumeStreams([database], { db: method });
const [first] = streams.slice(0, 1);

describe('the data of volumes', () => {
  test('is a stream for each pod of a StatefulSet that the workload archives', () => {
    expect(streams).toMatchObject([
      { name: 'db-0', claims: [{ volume: 'data', name: 'data-db-0', spec }] },
      { name: 'db-1', claims: [{ volume: 'data', name: 'data-db-1', spec }] },
    ]);
    expect(() => volumeStreams([], { db: method })).toThrow(
      /StatefulSet default\/db, which is not/,
    );
  });

  test('is archived where all of its claims are there; every other volume is left over', () => {
    const volumes = [
      { name: 'data-db-0-x-default-x-tenant-alice' },
      // Of another namespace of the tenant's, and of a pod that is no more.
      { name: 'data-db-1-x-other-x-tenant-alice' },
      { name: 'data-db-2-x-default-x-tenant-alice' },
    ];
    const split = splitVolumes('alice', volumes, streams);
    expect(split.streams.map(({ name }) => name)).toEqual(['db-0']);
    expect(split.rest).toEqual(volumes.slice(1));
  });

  test('comes from a pod of ours: the container alone, with nothing of the tenant’s cluster', () => {
    if (first === undefined) throw new Error('no stream');
    const options = { namespace: 'n', claims: ['claim-on-the-host'], runtimeClass: 'gvisor' };
    const pod = volumePod(first, options) as ObjectOf<V1Pod>;
    expect(pod.metadata).toMatchObject({ namespace: 'n', name: 'tenantry-volume' });
    expect(pod.spec).toEqual({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      runtimeClassName: 'gvisor',
      securityContext: { runAsNonRoot: true, fsGroup: 1 },
      containers: [
        {
          name: 'db',
          image: 'db',
          args: ['serve'],
          env: [{ name: 'MODE', value: 'fast' }],
          volumeMounts: [
            { name: 'data', mountPath: '/data' },
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [
        { name: 'tmp', emptyDir: {} },
        { name: 'data', persistentVolumeClaim: { claimName: 'claim-on-the-host' } },
      ],
    });
  });
});

describe('a transfer', () => {
  const namespace = 'vcluster-tenant-alice';
  let directory = '';
  let fakes: FakeCommands;
  let api: FakeApi;
  let transfer: Transfer;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tenantry-volumes-'));
    fakes = fakeCommands();
    api = fakeApi();
    for (const name of [namespace, 'trial']) {
      api.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    transfer = {
      host: {
        $: fakes.$,
        target: { kubeconfig: '/k', context: 'c' },
        kindCluster: 'tenantry',
        client: api.client,
      },
      tenant: { id: 'alice', values: {} },
      directory,
      signal: new AbortController().signal,
    } as Transfer;
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Answers of the container, one for each call; the last one stays. */
  function answer(...texts: readonly string[]): void {
    for (const [index, text] of texts.entries()) {
      writeFileSync(join(directory, `answer-${index + 1}`), text);
    }
    const last = texts.length;
    fakes.add(
      'kubectl',
      `case "$*" in *" load") cp "${fakes.directory}/input" "${directory}/loaded"; exit 0;; esac
       n=$(($(cat "${directory}/count" 2>/dev/null || echo 0) + 1)); echo $n >"${directory}/count"
       [ $n -gt ${last} ] && n=${last}; cat "${directory}/answer-$n"`,
    );
  }

  const one = streams.slice(0, 1);

  test('takes a stream whose end was lost again, until two are equal', async () => {
    answer('whole', 'who', 'whole', 'whole');
    const digest = `sha256:${await sha256('whole')}`;
    expect(await dumpVolumes(transfer, one, 100)).toEqual([{ name: 'db-0', bytes: 5, digest }]);
    expect(readFileSync(join(directory, 'volume-db-0'), 'utf8')).toBe('whole');
    const pod = `v1 Pod ${namespace}/tenantry-volume`;
    expect(api.writes).toEqual([`DELETE ${pod}`, `PATCH ${pod}`, `DELETE ${pod}`]);
    expect(fakes.calls('kubectl')[0]?.slice(4)).toEqual([
      '-n',
      namespace,
      'exec',
      'tenantry-volume',
      '-c',
      'db',
      '--',
      'dump',
      '--all',
    ]);
  });

  test('gives up where a command never says the same', async () => {
    answer('1', '2', '3', '4', '5', '6');
    await expect(dumpVolumes(transfer, one, 100)).rejects.toThrow(/something else each of 5 times/);
    expect(api.get(`v1 Pod ${namespace}/tenantry-volume`)).toBeUndefined();
  });

  test('takes no more of all volumes together than it may', async () => {
    answer('12345');
    expect(await dumpVolumes(transfer, streams, 10)).toHaveLength(2);
    await expect(dumpVolumes(transfer, streams, 9)).rejects.toThrow(/sends more than 4 bytes/);
  });

  test('puts the data back until it is what was archived, and says where it never is', async () => {
    writeFileSync(join(directory, 'volume-db-0'), 'orders');
    const digest = await digestOf(join(directory, 'volume-db-0'));
    const archived = [{ name: 'db-0', bytes: 6, digest }];
    answer('ord', 'orders');
    await restoreVolumes(transfer, streams, archived);
    expect(readFileSync(join(directory, 'loaded'), 'utf8')).toBe('orders');
    rmSync(join(directory, 'count'));
    answer('others');
    await expect(restoreVolumes(transfer, streams, archived)).rejects.toThrow(/what was archived/);
  });

  test('is tried out in a volume of its own, which is gone afterwards', async () => {
    writeFileSync(join(directory, 'volume-db-0'), 'orders');
    const digest = await digestOf(join(directory, 'volume-db-0'));
    answer('orders');
    await tryVolumes(transfer, streams, [{ name: 'db-0', bytes: 6, digest }], 'trial');
    expect(api.writes).toEqual([
      'PATCH v1 PersistentVolumeClaim trial/data-db-0',
      'DELETE v1 Pod trial/tenantry-volume',
      'PATCH v1 Pod trial/tenantry-volume',
      'DELETE v1 Pod trial/tenantry-volume',
      'DELETE v1 PersistentVolumeClaim trial/data-db-0',
    ]);
  });

  test('of data that the workload knows no way back for is refused', () => {
    const archived = [{ name: 'gone-0', bytes: 1, digest: 'sha256:' }];
    expect(() => paired(archived, streams)).toThrow(/the data of gone-0, for which the workload/);
  });

  async function sha256(text: string): Promise<string> {
    const file = join(directory, 'hashed');
    writeFileSync(file, text);
    return (await digestOf(file)).slice('sha256:'.length);
  }
});
