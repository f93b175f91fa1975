import { SYNCED_LABEL, TENANTS_SELECTOR } from '@tenantry/tenants';
import type { Host } from './host.ts';
import { getObjects, type KubeObject } from '../tools/kubectl.ts';

/** What the host shows, in two requests however many tenants there are. */
export async function observe({ $, target }: Host): Promise<readonly KubeObject[]> {
  const [namespaces, others] = await Promise.all([
    getObjects($, target, ['namespaces', '--selector', TENANTS_SELECTOR]),
    getObjects($, target, ['statefulsets,pods', '--all-namespaces', '--selector', 'app=vcluster']),
  ]);
  const pods = await getObjects($, target, [
    'pods',
    '--all-namespaces',
    '--selector',
    SYNCED_LABEL,
  ]);
  return [...namespaces, ...others, ...pods];
}
