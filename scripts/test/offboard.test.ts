import { describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import type { KubeObject } from '../lib/tools/kubectl.ts';
import { pack, unpack } from '../lib/offboard/archive.ts';
import {
  archiveName,
  removeArchive,
  retrieve,
  seal,
  store,
} from '../lib/offboard/archive-store.ts';
import { hasRoom } from '../lib/offboard/capacity.ts';
import { comparable, differences } from '../lib/offboard/compare-objects.ts';
import { leftoversOf } from '../lib/offboard/leftovers.ts';
import { unboundClaim } from '../lib/offboard/renew-claims.ts';
import { quietShell } from '../lib/cli/shell.ts';

function object(kind: string, name: string, rest: object = {}, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'default', ...metadata }, ...rest };
}

describe('a restored cluster is the archived one', () => {
  const diary = object('ConfigMap', 'diary', { data: { entry: 'x' } }, { uid: '1' });

  test('where every object is as it was, whatever its version, status and time of reading', () => {
    const later = { ...diary, metadata: { ...diary.metadata, resourceVersion: '9' }, status: {} };
    expect(differences([diary], [later, object('ConfigMap', 'more')])).toEqual([]);
  });

  test.each([
    ['missing', [], 'v1 ConfigMap default/diary is missing'],
    ['changed', [{ ...diary, data: {} }], 'v1 ConfigMap default/diary differs in data'],
    [
      'another one of that name',
      [object('ConfigMap', 'diary', { data: { entry: 'x' } }, { uid: '2' })],
      'v1 ConfigMap default/diary differs in metadata.uid',
    ],
    [
      'labelled otherwise',
      [object('ConfigMap', 'diary', { data: { entry: 'x' } }, { uid: '1', labels: { a: 'b' } })],
      'v1 ConfigMap default/diary differs in metadata.labels',
    ],
  ])('and not where one is %s', (_, restored, line) => {
    expect(differences([diary], restored)).toEqual([line]);
  });

  test('addresses are the host’s to give; what is behind them is not', () => {
    const service = (clusterIP: string, port: number, nodePort: number) =>
      object(
        'Service',
        's',
        { spec: { clusterIP, ports: [{ port, nodePort }] } },
        { uid: clusterIP },
      );
    expect(differences([service('10.0.0.1', 80, 30001)], [service('10.0.0.2', 80, 30002)])).toEqual(
      [],
    );
    expect(differences([service('10.0.0.1', 80, 30001)], [service('10.0.0.1', 81, 30001)])).toEqual(
      ['v1 Service default/s differs in spec'],
    );
  });

  const owned = { ownerReferences: [{ controller: true }] };
  const managed = (label: string) => ({ labels: { [label]: 'x' } });
  test.each([
    [object('Event', 'e'), false],
    [object('ConfigMap', 'kube-root-ca.crt'), false],
    [object('Secret', 'kube-root-ca.crt'), true],
    [object('Pod', 'p', {}, owned), false],
    [object('Pod', 'p'), true],
    [object('ReplicaSet', 'r', {}, owned), true],
    [object('Endpoints', 'kubernetes'), false],
    [object('Endpoints', 'hand-made'), true],
    [object('EndpointSlice', 's', {}, managed('endpointslice.kubernetes.io/managed-by')), false],
    [object('APIService', 'a', {}, managed('kube-aggregator.kubernetes.io/automanaged')), false],
    [object('APIService', 'a'), true],
    [object('ConfigMap', 'going', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), false],
    [object('PersistentVolume', 'v', {}, { annotations: { 'vcluster.loft.sh/x': '' } }), false],
  ])('$kind $metadata.name: compared is %s', (one, compared) => {
    expect(comparable([one])).toHaveLength(compared ? 1 : 0);
  });
});

describe('room for a control plane', () => {
  const needed = { cpu: 20, memory: 256 * 2 ** 20 };
  const node = (cpu: string, memory: string, pods = '10', spec: object = {}) =>
    object('Node', 'n', { spec, status: { allocatable: { cpu, memory, pods } } });
  const pod = (cpu: string, memory: string, phase = 'Running') =>
    object('Pod', 'p', {
      spec: {
        nodeName: 'n',
        containers: [{ name: 'c', resources: { requests: { cpu, memory } } }],
      },
      status: { phase },
    });

  test.each([
    ['an empty node', [node('2', '4Gi')], [], true],
    ['what is left is enough', [node('100m', '512Mi')], [pod('80m', '256Mi')], true],
    ['one millicore is missing', [node('100m', '512Mi')], [pod('81m', '256Mi')], false],
    ['one millicore is left', [node('100e-3', '536870912000m')], [pod('80000u', '.25Gi')], true],
    ['memory is missing in bytes', [node('2', '5e8')], [pod('10m', '.25G')], false],
    ['memory is missing', [node('2', '512Mi')], [pod('10m', '257Mi')], false],
    [
      'a pod that has ended holds nothing',
      [node('100m', '512Mi')],
      [pod('2', '1Gi', 'Succeeded')],
      true,
    ],
    ['no more pods', [node('2', '4Gi', '1')], [pod('1m', '1Mi')], false],
    ['cordoned', [node('2', '4Gi', '10', { unschedulable: true })], [], false],
    ['tainted', [node('2', '4Gi', '10', { taints: [{ effect: 'NoSchedule' }] })], [], false],
    ['no node', [], [], false],
  ])('%s', (_, nodes, pods, room) => {
    expect(hasRoom(nodes, pods, needed)).toBe(room);
  });

  test.each([
    ['Node n: status.allocatable.memory: found "4GB"', [node('2', '4GB')], []],
    ['Node n: status.allocatable.pods: found "many"', [node('2', '4Gi', 'many')], []],
    [
      'Pod default/p: container c: resources.requests.cpu: found "a lot"',
      [node('2', '4Gi')],
      [pod('a lot', '1Gi')],
    ],
  ])('is not guessed: %s', (message, nodes, pods) => {
    expect(() => hasRoom(nodes, pods, needed)).toThrow(message);
  });

  test('what runs before the containers counts where it is more than they', () => {
    const withInit = object('Pod', 'p', {
      spec: {
        nodeName: 'n',
        containers: [{ resources: { requests: { cpu: '10m' } } }],
        initContainers: [{ resources: { requests: { cpu: '90m' } } }],
      },
    });
    expect(hasRoom([node('100m', '1Gi')], [withInit], needed)).toBe(false);
  });
});

test('leftovers are what bears the tenant’s name, and nobody else’s', () => {
  const mine = [
    object('Namespace', 'vcluster-tenant-alice'),
    object('Namespace', 'vcluster-tenant--alice'),
    object('PersistentVolume', 'a', { spec: { claimRef: { namespace: 'vcluster-tenant-alice' } } }),
    object('ClusterRole', 'vc-tenant-alice-v-vcluster-tenant-alice'),
    object('StorageClass', 's', {}, { labels: { 'tenantry.dev/tenant': 'alice' } }),
  ];
  const others = [
    object('Namespace', 'vcluster-tenant-alice-2'),
    object('PersistentVolume', 'b', { spec: { claimRef: { namespace: 'vcluster-tenant-bob' } } }),
    object('ClusterRole', 'vc-tenant-bob-v-vcluster-tenant-bob'),
    object('Node', 'alice'),
  ];
  expect(leftoversOf('alice', [...mine, ...others])).toEqual(mine);
});

test('a claim is made anew as its owner wrote it', () => {
  const spec = { accessModes: ['ReadWriteOnce'], volumeName: 'pvc-1' };
  const annotations = { mine: 'x', 'pv.kubernetes.io/bind-completed': 'yes' };
  const ownerReferences = [{ kind: 'StatefulSet', uid: '1' }];
  const bound = object(
    'PersistentVolumeClaim',
    'notes',
    { spec, status: { phase: 'Bound' } },
    {
      uid: '2',
      resourceVersion: '3',
      annotations,
      ownerReferences,
    },
  );
  expect(unboundClaim(bound)).toEqual({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'notes',
      namespace: 'default',
      labels: {},
      annotations: { mine: 'x' },
      ownerReferences,
    },
    spec: { accessModes: ['ReadWriteOnce'] },
  });
});

describe('an archive', () => {
  const $ = quietShell();
  const manifest = {
    version: 1 as const,
    tenant: { id: 'alice', name: 'Alice ✋' },
    archivedAt: '2026-11-24T15:00:46.123Z',
    chartVersion: '0.36.0',
    objects: 1,
  };
  const objects = [object('ConfigMap', 'diary', { data: { entry: 'a\nb ✋' } })];
  const certificates = object('Secret', 'tenant-alice-certs');

  async function scratch<T>(use: (directory: string) => Promise<T>): Promise<T> {
    const directory = mkdtempSync(join(tmpdir(), 'tenantry-archive-'));
    try {
      return await use(directory);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  async function packed(directory: string): Promise<string> {
    mkdirSync(join(directory, 'in'));
    writeFileSync(join(directory, 'in/snapshot.tar.gz'), Buffer.from([0x1f, 0x8b, 0, 0xff]));
    const file = join(directory, 'packed.tar');
    await pack($, join(directory, 'in'), file, { manifest, objects, certificates });
    return file;
  }

  test('comes back as it was put in, private and with its checksum', () =>
    scratch(async (directory) => {
      const sealed = await seal(await packed(directory), undefined);
      const path = join(directory, 'archives', archiveName('alice', manifest.archivedAt, false));
      store(path, sealed);
      expect(path).toMatch(/alice-2026-11-24T15-00-46Z\.tar$/);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      await $({ cwd: join(directory, 'archives') })`sha256sum --check ${`${path}.sha256`}`;

      const back = await retrieve(path, undefined);
      expect(back.digest).toBe(sealed.digest);
      const again = join(directory, 'again.tar');
      writeFileSync(again, back.packed);
      const unpacked = await unpack($, again, join(directory, 'out'));
      expect(unpacked).toMatchObject({ manifest, objects, certificates });
      expect([...readFileSync(unpacked.snapshot)]).toEqual([0x1f, 0x8b, 0, 0xff]);

      writeFileSync(path, 'x');
      await expect(retrieve(path, undefined)).rejects.toThrow(/is damaged: its checksum is not/);
      removeArchive(path);
      await expect(retrieve(path, undefined)).rejects.toThrow(/cannot be read: ENOENT/);
    }));

  test('that is encrypted is read with its identity only', () =>
    scratch(async (directory) => {
      const file = await packed(directory);
      const identity = await generateIdentity();
      const path = join(directory, 'a.tar.age');
      store(path, await seal(file, await identityToRecipient(identity)));
      expect(readFileSync(path).includes('alice')).toBe(false);

      const keys = join(directory, 'keys');
      writeFileSync(keys, `# created by hand\n${identity}\n`);
      const { packed: plain } = await retrieve(path, keys);
      expect(Buffer.from(plain).equals(readFileSync(file))).toBe(true);
      await expect(retrieve(path, undefined)).rejects.toThrow(/is encrypted[^]*--identity FILE/);
      writeFileSync(keys, `${await generateIdentity()}\n`);
      await expect(retrieve(path, keys)).rejects.toThrow(/cannot be decrypted with/);
    }));

  test('is one that offboard has written', () =>
    scratch(async (directory) => {
      const file = join(directory, 'notes.txt');
      writeFileSync(file, 'notes');
      await expect(unpack($, file, join(directory, 'out'))).rejects.toThrow(
        /no archive of a tenant/,
      );
    }));
});
