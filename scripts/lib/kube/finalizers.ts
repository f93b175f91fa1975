import type { Host } from '../cluster/host.ts';
import { kubectl } from '../tools/kubectl.ts';
import { CommandError } from '../cli/shell.ts';

/**
 * Takes the finalizers of an object away whose deletion has been asked for: nothing can add one to
 * it any more. An object that is gone by now is fine. @throws CommandError
 */
export async function removeFinalizers(
  { $, target }: Host,
  namespace: string,
  reference: string,
): Promise<void> {
  const patch = JSON.stringify({ metadata: { finalizers: null } });
  const args = ['-n', namespace, 'patch', reference, '--type=merge', `--patch=${patch}`];
  try {
    await kubectl($, target, args);
  } catch (error) {
    if (!(error instanceof CommandError && error.stderr.includes('(NotFound)'))) throw error;
  }
}
