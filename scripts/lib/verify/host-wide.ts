import { probeOf, type ProbeResults, type Rbac, resultOf } from '@tenantry/isolation';
import type { KubeObject } from '@tenantry/plan';
import type { Api } from '../kube/api-client.ts';
import { compareWithWanted } from './exactness.ts';
import { lookAtGroups } from './rbac.ts';

/** What holds for all tenants of a host: its admission policies, and what it lets everybody do. */
export async function lookAtHost(
  hostApi: Api,
  hostWide: readonly KubeObject[],
  rbac: Rbac,
): Promise<ProbeResults> {
  const probe = probeOf('host', '-', {
    name: 'policies',
    attempt: 'admission policies other than in dist/_host',
    expected: 'refused',
    controls: ['rbac'],
  });
  const found = await compareWithWanted(hostApi, hostWide);
  return [
    ...lookAtGroups(rbac),
    found.length === 0
      ? resultOf(probe, 'refused', `none among ${hostWide.length} objects`)
      : resultOf(probe, 'allowed', found.join('; ')),
  ];
}
