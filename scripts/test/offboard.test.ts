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
import { leftoversOf } from '../lib/offboard/leftovers.ts';
import { unboundClaim } from '../lib/offboard/renew-claims.ts';
import { quietShell } from '../lib/cli/shell.ts';

function object(kind: string, name: string, rest: object = {}, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'default', ...metadata }, ...rest };
}

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
