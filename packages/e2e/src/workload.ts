import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { syncedName } from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import { directory } from './tenantry.ts';

/** Where the service is asked for what its check wants to hear. */
export const CHECK_PATH = workload.check.kind === 'http' ? workload.check.path : '/';

/** The workload's Service of a tenant, by its name on the host. */
export function syncedService(id: string): string {
  const { name, namespace } = workload.service;
  return syncedName(name, namespace, id);
}

/** The name of a Deployment of a tenant's, out of dist/. */
export function deploymentOf(id: string): string {
  const files = readdirSync(join(directory, 'dist', id, 'virtual'));
  const file = files.find((one) => one.startsWith('deployment.'));
  if (file === undefined) throw new Error(`dist/${id} has no Deployment`);
  return file.slice('deployment.'.length, -'.yaml'.length);
}
