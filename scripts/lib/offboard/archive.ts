import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../cli/errors.ts';
import type { KubeObject } from '../tools/kubectl.ts';
import { run, type Shell } from '../cli/shell.ts';

/** What an archive says of itself: `archive.json` in it. */
export interface Manifest {
  readonly version: 1;
  /** The tenant as tenants.json had it, without where it was in its life. */
  readonly tenant: Readonly<Record<string, string>> & { readonly id: string };
  /** ISO 8601. */
  readonly archivedAt: string;
  /** Of the vcluster chart. */
  readonly chartVersion: string;
  readonly objects: number;
}

const manifestSchema = z.object({
  version: z.literal(1),
  tenant: z.intersection(z.record(z.string(), z.string()), z.object({ id: z.string() })),
  archivedAt: z.string(),
  chartVersion: z.string(),
  objects: z.number(),
});

/** An archive's parts, unpacked in a private directory. */
export interface Unpacked {
  readonly manifest: Manifest;
  readonly objects: readonly KubeObject[];
  /** The Secret with the control plane's certificates and keys. */
  readonly certificates: KubeObject;
  /** Path of vcluster's snapshot. */
  readonly snapshot: string;
}

const MEMBERS = {
  manifest: 'archive.json',
  objects: 'objects.ndjson',
  certificates: 'certificates.json',
  snapshot: 'snapshot.tar.gz',
} as const;

/** Packs a directory that holds the snapshot already into `file` (0600, a tar). */
export async function pack(
  $: Shell,
  directory: string,
  file: string,
  { manifest, objects, certificates }: Omit<Unpacked, 'snapshot'>,
): Promise<void> {
  const write = (name: string, text: string) =>
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  write(MEMBERS.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
  write(MEMBERS.objects, objects.map((object) => `${JSON.stringify(object)}\n`).join(''));
  write(MEMBERS.certificates, `${JSON.stringify(certificates)}\n`);
  writeFileSync(file, '', { mode: 0o600 });
  await run($, 'tar', ['-C', directory, '-cf', file, ...Object.values(MEMBERS)]);
}

/** Unpacks an archive that is not encrypted. @throws UsageError where it is none */
export async function unpack($: Shell, file: string, directory: string): Promise<Unpacked> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  try {
    await run($, 'tar', ['-C', directory, '-xf', file, ...Object.values(MEMBERS)]);
    const manifest = manifestSchema.parse(JSON.parse(read(MEMBERS.manifest))) as Manifest;
    const lines = read(MEMBERS.objects).split('\n').slice(0, -1);
    return {
      manifest,
      objects: lines.map((line) => JSON.parse(line) as KubeObject),
      certificates: JSON.parse(read(MEMBERS.certificates)) as KubeObject,
      snapshot: join(directory, MEMBERS.snapshot),
    };
  } catch (error) {
    throw new UsageError(
      `the file is no archive of a tenant: ${String(error)}\n  → give a file that pnpm offboard has written`,
      { cause: error },
    );
  }
}
