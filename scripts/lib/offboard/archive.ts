import {
  createReadStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CONTROL_PLANE_VOLUME } from '@tenantry/tenants';
import { z } from 'zod';
import type { KubeObject } from '@tenantry/plan';
import { ExpectedError, messageOf, UsageError } from '../cli/errors.ts';
import { oneLine } from '../cli/one-line.ts';
import { digestOf } from './archive-store.ts';
import { type ArchivedTenant, archivedTenantSchema } from './archived-tenant.ts';
import {
  type ArchivedVolume,
  archivedVolumeSchema,
  VOLUME_FILES,
  volumeFile,
} from './archived-volume.ts';
import { type Certificates, certificatesSchema } from './certificates.ts';
import { createIndex, type ObjectIndex } from './object-index.ts';
import { linesOf } from './lines.ts';
import { type Members, readTar, writeTar } from './tar.ts';

/** What an archive says of itself: `archive.json` in it. */
export interface Manifest {
  readonly version: 1;
  readonly tenant: ArchivedTenant;
  /** ISO 8601. */
  readonly archivedAt: string;
  /** Of the vcluster chart. */
  readonly chartVersion: string;
  /** How many objects could be read. */
  readonly objects: number;
  /** Resources and APIServices that could not, sorted; what they held is in the snapshot only. */
  readonly unreadable: readonly string[];
  /** The volumes whose data is in it. */
  readonly volumes: readonly ArchivedVolume[];
}

/** An archive's parts, unpacked in a private directory. */
export interface Archive {
  /** Where the data of its volumes lies. */
  readonly directory: string;
  readonly manifest: Manifest;
  readonly index: ObjectIndex;
  readonly certificates: Certificates;
  /** Path of vcluster's snapshot. */
  readonly snapshot: string;
}

const MANIFEST = 'archive.json';
const CERTIFICATES = 'certificates.json';
/** The objects, a line of JSON each. */
export const OBJECTS = 'objects.ndjson';
export const SNAPSHOT = 'snapshot.tar.gz';

/** A snapshot is of what lies in the control plane's volume, and is restored into one. */
export const MAX_SNAPSHOT_BYTES = CONTROL_PLANE_VOLUME;
/** An API server stores at most 3 MB of an object; JSON is longer than that. */
const MAX_LINE_BYTES = 16 * 2 ** 20;

/** The files of every archive, and how many bytes each may have. */
const MEMBERS: Members = {
  [MANIFEST]: 2 ** 16,
  [OBJECTS]: 4 * 2 ** 30,
  [CERTIFICATES]: 2 * 2 ** 20,
  [SNAPSHOT]: MAX_SNAPSHOT_BYTES,
};

const manifestSchema: z.ZodType<Manifest> = z.strictObject({
  version: z.literal(1),
  tenant: archivedTenantSchema,
  archivedAt: z.iso.datetime(),
  chartVersion: z.string().regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/),
  objects: z.int().min(0),
  unreadable: z.array(z.string().regex(/^[a-z0-9.-]{1,253}$/)).default([]),
  volumes: z.array(archivedVolumeSchema).default([]),
});

/** What of an object is read; the rest of it may be anything. */
const objectSchema = z.looseObject({
  apiVersion: z.string().regex(/^[a-z0-9./-]{1,317}$/),
  kind: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,62}$/),
  metadata: z.looseObject({
    name: z.string().min(1).max(253),
    namespace: z.string().max(63).optional(),
    uid: z.string().max(64).optional(),
    labels: z.record(z.string(), z.string()).nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
});

/** Packs a directory that holds objects, snapshot and volumes' data already into `file` (0600, a tar). */
export function packArchive(
  directory: string,
  file: string,
  { manifest, certificates }: Pick<Archive, 'manifest' | 'certificates'>,
): void {
  const write = (name: string, value: unknown) =>
    writeFileSync(join(directory, name), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  write(MANIFEST, manifest);
  write(CERTIFICATES, certificates);
  const volumes = manifest.volumes.map(({ name }) => volumeFile(name));
  writeTar(file, directory, [...Object.keys(MEMBERS), ...volumes]);
}

/**
 * Unpacks an archive that is not encrypted into a new private directory. Nothing in it is believed:
 * it is plain files of known names and sizes, and each says what it may say.
 * @throws UsageError where it is none
 */
export async function unpackArchive(file: string, directory: string): Promise<Archive> {
  mkdirSync(directory, { mode: 0o700 });
  const read = (name: string) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as unknown;
  try {
    // The tar itself is of the size that its receipt's digest is of.
    readTar(file, directory, MEMBERS, VOLUME_FILES);
    const manifest = manifestSchema.parse(read(MANIFEST));
    const certificates = certificatesSchema.parse(read(CERTIFICATES));
    const index = indexOf(join(directory, OBJECTS));
    if (index.count !== manifest.objects) {
      throw new RangeError(`it says ${manifest.objects} objects and holds ${index.count}`);
    }
    await mustHaveVolumes(directory, manifest.volumes);
    const snapshot = join(directory, SNAPSHOT);
    await mustUnpackTo(snapshot, MAX_SNAPSHOT_BYTES);
    return { directory, manifest, index, certificates, snapshot };
  } catch (error) {
    throw new UsageError(
      `the file is no archive of a tenant: ${oneLine(reasonOf(error))}; nothing was changed\n  → give a file that pnpm offboard has written`,
      { cause: error },
    );
  }
}

/** @throws RangeError where the data of the volumes is not what the manifest says */
async function mustHaveVolumes(
  directory: string,
  volumes: readonly ArchivedVolume[],
): Promise<void> {
  const found = readdirSync(directory).filter((name) => VOLUME_FILES.test(name));
  const named = volumes.map(({ name }) => volumeFile(name));
  if (found.sort().join() !== named.sort().join()) {
    throw new RangeError(
      `it says ${named.join() || 'no volumes'} and holds ${found.join() || 'none'}`,
    );
  }
  for (const { name, bytes, digest } of volumes) {
    const file = join(directory, volumeFile(name));
    if (statSync(file).size !== bytes || (await digestOf(file)) !== digest) {
      throw new RangeError(`the data of ${name} is damaged`);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
}

function indexOf(file: string): ObjectIndex {
  const index = createIndex();
  for (const line of linesOf(file, MAX_LINE_BYTES)) {
    const object = JSON.parse(line) as KubeObject;
    objectSchema.parse(object);
    if (!index.add(object)) throw new RangeError(`it holds an object twice: ${object.kind}`);
  }
  return index;
}

/** @throws ExpectedError where a gzip is none or unpacks to more; a small one can hold very many bytes */
export async function mustUnpackTo(file: string, maxBytes: number): Promise<void> {
  let bytes = 0;
  const count = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new RangeError(`it holds more than ${maxBytes} bytes`);
    }
  };
  try {
    await pipeline(createReadStream(file), createGunzip(), count);
  } catch (error) {
    throw new ExpectedError(`the snapshot cannot be unpacked: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
