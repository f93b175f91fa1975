import { enableCompileCache } from 'node:module';
import type { Options } from './options.ts';
import type { Command } from './run-main.ts';

/**
 * Runs the command that a module exports. It is loaded only here, so that Node keeps what it has
 * compiled of it for the next time.
 */
export async function main(
  load: () => Promise<{ readonly default: Command<Options> }>,
): Promise<void> {
  enableCompileCache();
  const [{ runMain }, module] = await Promise.all([import('./run-main.ts'), load()]);
  await runMain(module.default);
}
