import { FIELD_MANAGER, hostNamespace, vclusterName } from '@tenantry/tenants';
import type { TenantDist } from '../dist/read.ts';
import { driftedObjects } from '@tenantry/plan';
import { applyObjects, getObjects, getSame } from '../tools/kubectl.ts';
import type { Surroundings } from './probe-pod.ts';
import { strangers } from './unexpected-objects.ts';
import { probeOf, type Tried, tried } from './probe-result.ts';

/** The kinds in which a namespace could hold something that is not its vcluster's. */
const KINDS = [
  'pods',
  'services',
  'secrets',
  'configmaps',
  'serviceaccounts',
  'persistentvolumeclaims',
  'deployments.apps',
  'daemonsets.apps',
  'statefulsets.apps',
  'replicasets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'resourcequotas',
  'limitranges',
].join(',');

/** Does the namespace hold one vcluster, what holds it in is as in dist/, and nothing else? */
export async function lookAtNamespace(
  { host: { $, target } }: Pick<Surroundings, 'host'>,
  { id, hostObjects }: Pick<TenantDist, 'id' | 'hostObjects'>,
): Promise<Tried> {
  const [objects, live, wanted] = await Promise.all([
    getObjects($, target, ['-n', hostNamespace(id), KINDS]),
    getSame($, target, hostObjects),
    applyObjects($, target, hostObjects, {
      fieldManager: FIELD_MANAGER,
      force: true,
      dryRun: true,
    }),
  ]);
  const name = vclusterName(id);
  const itself = objects.some(
    ({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === name,
  );
  const finding = (key: string, attempt: string, found: readonly string[], among: number) => {
    const probe = probeOf('host', id, {
      name: key,
      attempt,
      expected: 'refused',
      twins: ['itself'],
    });
    return found.length === 0
      ? tried(probe, 'refused', `none among ${among} objects`)
      : tried(probe, 'allowed', found.join(', '));
  };
  return [
    tried(
      probeOf('host', id, {
        name: 'itself',
        attempt: `its StatefulSet ${name}`,
        expected: 'allowed',
      }),
      itself ? 'allowed' : 'refused',
    ),
    finding(
      'strangers',
      'anything beside its vcluster',
      strangers(objects, id, hostObjects),
      objects.length,
    ),
    finding(
      'drift',
      'namespace, quota, policies other than in dist/',
      driftedObjects(live, wanted),
      hostObjects.length,
    ),
  ];
}
