import type { Host } from '../cluster/host.ts';
import { kubectl } from '../tools/kubectl.ts';
import { removeFinalizers } from './finalizers.ts';
import type { PodEnd } from './pod-end.ts';

/** Deletes first: to what is being deleted nobody can add a finalizer. Waits for nothing. */
export async function deletePods(
  host: Host,
  namespace: string,
  { deletions, finalized }: PodEnd,
): Promise<void> {
  for (const [grace, names] of deletions) {
    const how = [`--grace-period=${grace}`, ...(grace === 0 ? ['--force'] : [])];
    const flags = ['--ignore-not-found', '--wait=false', ...how];
    await kubectl(host.$, host.target, ['-n', namespace, 'delete', 'pods', ...flags, ...names]);
  }
  for (const name of finalized) await removeFinalizers(host, namespace, `pod/${name}`);
}
