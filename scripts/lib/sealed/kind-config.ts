import { readFileSync } from 'node:fs';
import path from 'node:path';
import { recipeDirectory } from './store.ts';

/** kind's configuration of a sealed cluster, as YAML. */
export function kindConfig(): string {
  return readFileSync(path.join(recipeDirectory, 'kind.yaml'), 'utf8');
}
