import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import * as fc from 'fast-check';
import {
  type Manifest,
  mustUnpackTo,
  OBJECTS,
  packArchive,
  SNAPSHOT,
  unpackArchive,
} from '../lib/offboard/archive.ts';
import {
  archiveName,
  copyArchive,
  decryptArchive,
  digestOfArchive,
  encryptArchive,
  isArchiveName,
  removeArchive,
  storeArchive,
} from '../lib/offboard/archive-store.ts';
import { certificatesSchema, secretOf } from '../lib/offboard/certificates.ts';
import { checkManifest } from '../lib/offboard/check-manifest.ts';
import { checkReceipt } from '../lib/offboard/check-receipt.ts';
import { readJournal, writeJournal } from '../lib/offboard/journal.ts';
import { linesOf } from '../lib/offboard/lines.ts';
import { readTar, sizeOf, TarError, writeSize, writeTar } from '../lib/offboard/tar.ts';
import { UsageError } from '../lib/cli/errors.ts';
import { quietShell } from '../lib/cli/shell.ts';

const $ = quietShell();

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-archive-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const manifest: Manifest = {
  version: 1,
  tenant: { id: 'alice', name: 'Alice ✋', plan: 'small', paidThrough: '2026-12-31' },
  archivedAt: '2026-11-24T15:00:46.123Z',
  chartVersion: '0.36.0',
  objects: 1,
  unreadable: [],
  volumes: [],
};
const certificates = { data: { 'ca.crt': 'YQ==', 'ca.key': 'Yg==' } };
const diary = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'diary', namespace: 'default', uid: '1' },
  data: { entry: 'a\nb ✋' },
};
/** More than any archive here has. */
const MAX_BYTES = 2 ** 30;
const MEMBERS = { 'archive.json': 10_000, b: 10_000 };

interface Contents {
  readonly manifest?: object;
  readonly certificates?: object;
  readonly objects?: string;
  readonly snapshot?: Uint8Array;
  /** Data of volumes, by the names of their files. */
  readonly volumes?: Readonly<Record<string, string>>;
}

/** Packs an archive, whatever is in it. */
function packed(contents: Contents = {}): string {
  const [inside, file] = [join(directory, 'in'), join(directory, 'packed.tar')];
  rmSync(inside, { recursive: true, force: true });
  mkdirSync(inside);
  writeFileSync(join(inside, OBJECTS), contents.objects ?? `${JSON.stringify(diary)}\n`);
  writeFileSync(join(inside, SNAPSHOT), contents.snapshot ?? gzipSync('a snapshot'));
  for (const [name, data] of Object.entries(contents.volumes ?? {})) {
    writeFileSync(join(inside, name), data);
  }
  packArchive(inside, file, {
    manifest: (contents.manifest ?? manifest) as Manifest,
    certificates: (contents.certificates ?? certificates) as typeof certificates,
  });
  return file;
}

async function unpack(file: string) {
  const out = join(directory, 'out');
  rmSync(out, { recursive: true, force: true });
  return unpackArchive(file, out);
}

describe('an archive', () => {
  test('comes back as it was put in, private and with its checksum', async () => {
    const sealed = await encryptArchive(packed(), undefined);
    const path = join(directory, 'archives', archiveName('alice', manifest.archivedAt, false));
    storeArchive(path, sealed);
    expect(path).toMatch(/alice-2026-11-24T15-00-46Z\.tar$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await $({ cwd: join(directory, 'archives') })`sha256sum --check ${`${path}.sha256`}`;

    const copy = join(directory, 'copy');
    expect(await digestOfArchive(path)).toBe(sealed.digest);
    await copyArchive(path, copy, sealed.digest, MAX_BYTES);
    const archive = await unpack(copy);
    expect(archive).toMatchObject({ manifest, certificates, index: { count: 1 } });
    expect([...archive.index.fingerprints.keys()]).toEqual(['v1 ConfigMap default/diary']);
    expect(readFileSync(archive.snapshot)).toEqual(gzipSync('a snapshot'));

    writeFileSync(path, 'x');
    await expect(digestOfArchive(path)).rejects.toThrow(/is damaged: its checksum is not/);
    const again = copyArchive(path, join(directory, 'copy-2'), sealed.digest, MAX_BYTES);
    await expect(again).rejects.toThrow(/was changed while it was read/);
    removeArchive(path);
    expect(readdirSync(join(directory, 'archives'))).toEqual([]);
  });

  test('can be read by tar, and one that tar has written by us', async () => {
    const file = packed();
    const listed = await $`tar -tf ${file}`;
    expect(listed.stdout.split('\n').sort().slice(1)).toEqual(
      ['archive.json', 'certificates.json', OBJECTS, SNAPSHOT].sort(),
    );
    await $`tar -C ${join(directory, 'in')} -cf ${file} archive.json certificates.json ${OBJECTS} ${SNAPSHOT}`;
    expect((await unpack(file)).manifest).toEqual(manifest);
  });

  test('that is encrypted is read with its identity only', async () => {
    const identity = await generateIdentity();
    const sealed = await encryptArchive(packed(), await identityToRecipient(identity));
    expect(readFileSync(sealed.file).includes('alice')).toBe(false);
    const keys = join(directory, 'keys');
    writeFileSync(keys, `# created by hand\n${identity}\n`);
    const plain = await decryptArchive(sealed.file, keys, MAX_BYTES);
    expect(readFileSync(plain).equals(readFileSync(join(directory, 'packed.tar')))).toBe(true);
    rmSync(plain);

    const read = (file?: string, bytes = MAX_BYTES) => decryptArchive(sealed.file, file, bytes);
    await expect(read()).rejects.toThrow(/is encrypted[^]*--identity FILE/);
    await expect(read(keys, 10)).rejects.toThrow(/larger than 10 bytes/);
    rmSync(plain);
    writeFileSync(keys, `${await generateIdentity()}\n`);
    await expect(read(keys)).rejects.toThrow(/cannot be decrypted with/);
  });

  test('is a plain file of bounded size', async () => {
    const missing = join(directory, 'missing');
    await expect(digestOfArchive(missing)).rejects.toThrow(/cannot be read: ENOENT/);
    await expect(digestOfArchive(directory)).rejects.toThrow(/is no plain file/);
    const copy = copyArchive(packed(), join(directory, 'c'), '', 10);
    await expect(copy).rejects.toThrow(/is larger than 10 bytes/);
  });

  const digest = `sha256:${createHash('sha256').update('orders\0').digest('hex')}`;
  const orders = { name: 'orders-0', bytes: 7, digest };

  test('brings the data of volumes back, byte for byte', async () => {
    const volumes = { 'volume-orders-0': 'orders\0' };
    const archive = await unpack(packed({ manifest: { ...manifest, volumes: [orders] }, volumes }));
    expect(archive.manifest.volumes).toEqual([orders]);
    expect(readFileSync(join(archive.directory, 'volume-orders-0'), 'utf8')).toBe('orders\0');
  });

  test('of before there was data of volumes in archives is read as it was', async () => {
    const { volumes: _, ...before } = manifest;
    const inside = join(directory, 'in');
    packed();
    writeFileSync(join(inside, 'archive.json'), JSON.stringify(before));
    writeTar(join(directory, 'before.tar'), inside, [
      'archive.json',
      OBJECTS,
      'certificates.json',
      SNAPSHOT,
    ]);
    expect((await unpack(join(directory, 'before.tar'))).manifest).toEqual(manifest);
  });

  const secret = (data: object) => ({ kind: 'Secret', type: 'Opaque', data });
  test.each<[string, string, Contents]>([
    ['another form of manifest', 'version', { manifest: { ...manifest, version: 2 } }],
    [
      'a key that no tenant has',
      'keep',
      { manifest: { ...manifest, tenant: { ...manifest.tenant, keep: 'x' } } },
    ],
    ['no id', 'tenant.id', { manifest: { ...manifest, tenant: { name: 'x', plan: 'small' } } }],
    [
      'a version that is none',
      'chartVersion',
      { manifest: { ...manifest, chartVersion: '../../x' } },
    ],
    [
      'other objects than it says',
      'says 2 objects and holds 1',
      { manifest: { ...manifest, objects: 2 } },
    ],
    [
      'an object twice',
      'an object twice',
      { objects: `${JSON.stringify(diary)}\n`.repeat(2), manifest: { ...manifest, objects: 2 } },
    ],
    ['an object that is none', 'expected object', { objects: '[]\n' }],
    [
      'an object of no name',
      'metadata.name',
      { objects: '{"apiVersion":"v1","kind":"Pod","metadata":{}}\n' },
    ],
    [
      'a kind that is a flag',
      'kind',
      { objects: '{"apiVersion":"v1","kind":"--all","metadata":{"name":"x"}}\n' },
    ],
    ['a line that is no JSON', 'JSON', { objects: '{\n' }],
    ['a snapshot that is no gzip', 'snapshot', { snapshot: Buffer.from('x') }],
    [
      'a snapshot that is cut off',
      'snapshot',
      { snapshot: gzipSync('a snapshot').subarray(0, 15) },
    ],
    [
      'data of a volume that is damaged',
      'data of orders-0 is damaged',
      {
        manifest: { ...manifest, volumes: [orders] },
        volumes: { 'volume-orders-0': 'Orders\0' },
      },
    ],
    [
      'a volume that is called as none is',
      'holds "volume-X"',
      {
        manifest: { ...manifest, volumes: [{ ...orders, name: 'X' }] },
        volumes: { 'volume-X': '' },
      },
    ],
    ['no authority', 'no ca.crt and ca.key', { certificates: secret({ 'apiserver.crt': 'YQ==' }) }],
    [
      'certificates of another kind',
      'kind',
      { certificates: { ...certificates, kind: 'ConfigMap' } },
    ],
    [
      'a token',
      'type',
      { certificates: { ...certificates, type: 'kubernetes.io/service-account-token' } },
    ],
    [
      'a certificate with a path',
      'data',
      { certificates: secret({ ...certificates.data, '../x.crt': 'YQ==' }) },
    ],
    [
      'a certificate that is no base64',
      'data["x.crt"]',
      { certificates: secret({ ...certificates.data, 'x.crt': '\u001b' }) },
    ],
  ])('with %s is refused', async (_, reason, contents) => {
    const refusal = unpack(packed(contents));
    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(/no archive of a tenant: .*; nothing was changed/);
    await expect(refusal).rejects.toThrow(reason);
  });

  test('whose snapshot is a bomb is refused', async () => {
    const bomb = join(directory, 'bomb.gz');
    writeFileSync(bomb, gzipSync(Buffer.alloc(5_000_000)));
    expect(statSync(bomb).size).toBeLessThan(6000);
    await expect(mustUnpackTo(bomb, 4_999_999)).rejects.toThrow(/more than 4999999 bytes/);
    await mustUnpackTo(bomb, 5_000_000);
  });
});

describe('a tar', () => {
  async function made(options: readonly string[], prepare: (inside: string) => void) {
    const [inside, file] = [join(directory, 'in'), join(directory, 'x.tar')];
    mkdirSync(inside);
    writeFileSync(join(inside, 'archive.json'), '{}');
    writeFileSync(join(inside, 'b'), 'b');
    prepare(inside);
    await $`tar -C ${inside} -cf ${file} ${options}`;
    return file;
  }
  const read = (file: string) => {
    const out = join(directory, 'out');
    mkdirSync(out);
    readTar(file, out, MEMBERS);
  };
  const nothing = () => undefined;

  test.each<[string, string[], (inside: string) => void, RegExp]>([
    [
      'a link',
      ['archive.json', 'b'],
      (inside) => {
        rmSync(join(inside, 'b'));
        symlinkSync('/etc/passwd', join(inside, 'b'));
      },
      /"b" is no plain file \(type "2"\)/,
    ],
    [
      'a hard link',
      ['archive.json', 'b'],
      (inside) => {
        rmSync(join(inside, 'b'));
        // tar writes the second name of one file as a link to the first.
        linkSync(join(inside, 'archive.json'), join(inside, 'b'));
      },
      /"b" is no plain file \(type "1"\)/,
    ],
    [
      'a directory',
      ['archive.json', 'b'],
      (inside) => {
        rmSync(join(inside, 'b'));
        mkdirSync(join(inside, 'b'));
      },
      /holds "b\/"|"b\/" is no plain file/,
    ],
    [
      'a path that leads out',
      ['-P', '--transform', 's,^b$,../b,', 'archive.json', 'b'],
      nothing,
      /holds "\.\.\/b"/,
    ],
    [
      'an absolute path',
      ['-P', '--transform', 's,^b$,/tmp/b,', 'archive.json', 'b'],
      nothing,
      /holds "\/tmp\/b"/,
    ],
    [
      'a file more',
      ['archive.json', 'b', 'c'],
      (inside) => writeFileSync(join(inside, 'c'), ''),
      /holds "c"/,
    ],
    ['a file twice', ['archive.json', 'b', 'b', '--hard-dereference'], nothing, /holds b twice/],
    ['a file less', ['archive.json'], nothing, /lacks b/],
    [
      'a large file',
      ['archive.json', 'b'],
      (inside) => writeFileSync(join(inside, 'b'), Buffer.alloc(10_001)),
      /b has 10001 bytes, more than 10000/,
    ],
    [
      'extended headers',
      ['--format=pax', '--pax-option=x:=y', 'archive.json', 'b'],
      nothing,
      /is no plain file \(type "x"\)/,
    ],
    ['compression', ['-z', 'archive.json', 'b'], nothing, /cut off|is no tar/],
  ])('with %s is refused', async (_, options, prepare, reason) => {
    const file = await made(options, prepare);
    expect(() => read(file)).toThrow(TarError);
    rmSync(join(directory, 'out'), { recursive: true });
    expect(() => read(file)).toThrow(reason);
    expect(existsSync(join(directory, 'b'))).toBe(false);
  });

  test('holds files larger than octal digits have room for, as GNU tar writes them', () => {
    const block = Buffer.alloc(512);
    for (const size of [0, 8 ** 11 - 1, 8 ** 11, 2 ** 50]) {
      block.fill(0);
      writeSize(block, size);
      expect(sizeOf(block)).toBe(size);
    }
    writeSize(block, 8 ** 11);
    expect(block.toString('hex', 124, 136)).toBe('800000000000000200000000');
  });

  test('comes out as it went in, or is refused, whatever is done to its bytes', () => {
    const inside = join(directory, 'in');
    mkdirSync(inside);
    const file = join(directory, 'x.tar');
    const texts = { 'archive.json': '{"a": 1}', b: 'b'.repeat(1500) };
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(inside, name), text);
    writeTar(file, inside, Object.keys(texts));
    const whole = readFileSync(file);
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    const mutation = fc.record({
      changes: fc.array(change, { maxLength: 4 }),
      length: fc.oneof(fc.constant(whole.length), fc.nat(whole.length + 600)),
    });
    fc.assert(
      fc.property(mutation, ({ changes, length }) => {
        const bytes = Buffer.alloc(length);
        whole.copy(bytes);
        for (const { at, byte } of changes) if (at < length) bytes[at] = byte;
        writeFileSync(file, bytes);
        const out = mkdtempSync(join(directory, 'out-'));
        try {
          readTar(file, out, MEMBERS);
          // Contents carry no checksum of their own: the receipt has the digest of all.
          expect(readdirSync(out).sort()).toEqual(Object.keys(texts).sort());
          for (const [name, text] of Object.entries(texts)) {
            expect(statSync(join(out, name)).size).toBe(text.length);
          }
        } catch (error) {
          if (!(error instanceof TarError)) throw error;
        }
        expect(readdirSync(out).every((name) => Object.hasOwn(texts, name))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

test('lines are read one at a time, and none without end', () => {
  const file = join(directory, 'lines');
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }).filter((line) => !line.includes('\n'))),
      (lines) => {
        writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
        expect([...linesOf(file, 10_000)]).toEqual(lines);
      },
    ),
  );
  writeFileSync(file, `${'x'.repeat(3 * 2 ** 20)}\ny`);
  expect([...linesOf(file, 4 * 2 ** 20)].map(({ length }) => length)).toEqual([3 * 2 ** 20, 1]);
  expect(() => [...linesOf(file, 2 ** 20)]).toThrow(/longer than 1048576 bytes/);
});

describe('an archive is restored', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const receipt = { id: 'alice', offboardedOn: '2026-11-24', reason: 'x', digest };
  const another = { ...receipt, digest: `sha256:${'b'.repeat(64)}` };

  test('where a receipt of the tenant has its digest', () => {
    expect(() => checkReceipt('alice', digest, [another, receipt, another])).not.toThrow();
  });

  test.each([
    ['of a tenant who never was', [], /no receipt of alice[^]*nothing was changed/],
    ['of another tenant', [{ ...receipt, id: 'bob' }], /is of bob[^]*nothing was changed/],
    [
      'of another time',
      [another],
      /receipts in tenants.json say\s+2026-11-24 sha256:bbb[^]*nothing was/,
    ],
  ])('and not %s', (_, receipts, reason) => {
    const check = () => checkReceipt('alice', digest, receipts);
    expect(check).toThrow(UsageError);
    expect(check).toThrow(reason);
  });

  test.each([
    ['is of another tenant by what it says', 'bob', {}, [], /is of alice, not of bob/],
    [
      'is of another tenant of that id',
      'alice',
      {},
      [{ id: 'alice', name: 'Alice 2' }],
      /gets none of the old/,
    ],
    [
      'is of a version that is not pinned',
      'alice',
      { chartVersion: '0.1.0' },
      [],
      /0\.1\.0, which/,
    ],
    [
      'is of another version than the entry that is there',
      'alice',
      {},
      [{ id: 'alice', name: 'Alice ✋', versions: { vcluster: '0.36.1' } }],
      /is of vcluster 0\.36\.0, and alice in tenants\.json has 0\.36\.1/,
    ],
  ])('and not where it %s', (_, id, changes, tenants, reason) => {
    const check = () => checkManifest(id, { ...manifest, ...changes }, { tenants } as never);
    expect(check).toThrow(UsageError);
    expect(check).toThrow(reason);
  });

  test('with certificates in a Secret that is called by us', () => {
    const hostile = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'sh.helm.release.v1.x.v1', namespace: 'kube-system', labels: { a: 'b' } },
      type: 'Opaque',
      data: certificates.data,
    };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', uid: 'u' } };
    const place = { namespace: 'vcluster-tenant-alice', name: 'tenant-alice' };
    expect(secretOf(place, certificatesSchema.parse(hostile), service)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'tenant-alice-certs',
        namespace: 'vcluster-tenant-alice',
        labels: { app: 'vcluster', 'vcluster-name': 'tenant-alice' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 'tenant-alice', uid: 'u' }],
      },
      type: 'Opaque',
      data: certificates.data,
    });
  });
});

describe('the journal of an offboarding', () => {
  const journal = {
    id: 'alice',
    namespaceUid: 'u',
    archive: 'alice-2026-11-24T15-00-46Z.tar',
    digest: `sha256:${'a'.repeat(64)}`,
    objects: 1,
    volumes: 2,
    archivedVolumes: 1,
    reason: 'by an operator',
    unreadable: ['widgets.example.com'],
  };

  test('says what it was given, to its owner only', () => {
    writeJournal(directory, journal);
    expect(readJournal(directory, 'alice')).toEqual(journal);
    expect(readJournal(directory, 'bob')).toBe(null);
    expect(statSync(join(directory, 'alice.offboarding.json')).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['of another tenant', { ...journal, id: 'bob' }],
    ['that names a file elsewhere', { ...journal, archive: '../tenants.json' }],
    ['that names an archive of another', { ...journal, archive: 'bob-2026-11-24T15-00-46Z.tar' }],
    ['without a digest', { ...journal, digest: 'x' }],
    ['that is none', []],
  ])('%s is refused', (_, content) => {
    writeFileSync(join(directory, 'alice.offboarding.json'), JSON.stringify(content));
    expect(() => readJournal(directory, 'alice')).toThrow(UsageError);
  });

  test('names an archive by tenant and moment', () => {
    const name = archiveName('alice', manifest.archivedAt, true);
    expect([isArchiveName('alice', name), isArchiveName('al', name)]).toEqual([true, false]);
  });
});
