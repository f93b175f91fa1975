import { z } from 'zod';

/** The data of a volume in an archive. */
export interface ArchivedVolume {
  /** Of the pod whose it is: `orders-0`. */
  readonly name: string;
  readonly bytes: number;
  /** `sha256:…`. */
  readonly digest: string;
}

export const archivedVolumeSchema: z.ZodType<ArchivedVolume> = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,63}$/),
  bytes: z.int().min(0),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

/** The files that hold such data in an archive. */
export const VOLUME_FILES = /^volume-[a-z0-9-]{1,63}$/;

export function volumeFile(name: string): string {
  return `volume-${name}`;
}
