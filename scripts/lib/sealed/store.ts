import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the recipes' files are: go.mod, manifests, what is laid over the node. */
export const recipeDirectory = fileURLToPath(new URL('../../../packages/sealed/', import.meta.url));

/** The directory of everything built here; outputs lie under the hash of what they are made from. */
export function storeDirectory(cache: string): string {
  return path.join(cache, 'sealed');
}

/** 12 hexadecimal digits over data and the contents and names of files and directories. */
export async function inputHash(data: unknown, paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(data));
  for (const file of (await Promise.all(paths.map(filesUnder))).flat()) {
    const content = await readFile(file);
    hash
      .update(`\0${path.relative(recipeDirectory, file)}\0${String(content.length)}\0`)
      .update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

async function filesUnder(file: string): Promise<string[]> {
  try {
    const entries = await readdir(file, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [file];
    throw error;
  }
}
