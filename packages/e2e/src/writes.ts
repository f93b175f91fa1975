import { host, tenant } from './tenantry.ts';

const WRITES = new Set(['APPLY', 'DELETE', 'DELETECOLLECTION', 'PATCH', 'POST', 'PUT']);

/**
 * How many requests that write an API server has counted, by kind: of the host, or of a tenant's
 * cluster. Dry runs and reviews write nothing; statuses and Leases are written all the time, by others.
 */
export async function writeCounts(id?: string): Promise<Readonly<Record<string, number>>> {
  const asked = ['get', '--raw', '/metrics'];
  const metrics = await (id === undefined ? host(asked) : tenant(id, asked));
  const counts: Record<string, number> = {};
  for (const line of metrics.split('\n')) {
    const [, labels = '', count] = /^apiserver_request_total\{(.*)\} (\S+)$/.exec(line) ?? [];
    const label = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const resource = label('resource');
    if (!WRITES.has(label('verb')) || label('dry_run') !== '' || label('subresource') !== '')
      continue;
    if (resource === 'leases' || resource.endsWith('reviews')) continue;
    counts[resource] = (counts[resource] ?? 0) + Number(count);
  }
  return counts;
}
