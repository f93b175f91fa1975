import { FIELD_MANAGER, hostNamespace, vclusterName } from '@tenantry/tenants';
import type { TenantDist } from '../dist/read.ts';
import { apply } from '../kube/server-side-apply.ts';
import { greetTenant } from './greet-tenant.ts';
import type { Host } from '../cluster/host.ts';
import { type Inventory, inventoryOf, objectOf, toPrune, union } from './inventory.ts';
import { inventoryObjects, recordInventory, storedInventory } from './inventory-record.ts';
import { obstacleTo } from '@tenantry/plan';
import { Fault } from '../cli/errors.ts';
import { getObjects, getSame, type KubeObject, kubectl, type Target } from '../tools/kubectl.ts';
import { removePods } from './pause-tenant.ts';
import { poll } from '../kube/wait.ts';
import { waitForRollout } from '../kube/rollout.ts';
import type { Shell } from '../cli/shell.ts';
import { openTenant, placeOf } from '../cluster/tenant-connection.ts';
import { ensureRelease } from './vcluster-release.ts';

/** What a deploy did for one tenant. */
export interface Outcome {
  readonly id: string;
  /** A line per thing that was written; empty where nothing was. */
  readonly changes: readonly string[];
  /** What /whoami answered; null where the tenant is paused. */
  readonly greeting: string | null;
}

export interface DeployOptions {
  /** A private directory for what lives as long as the deploy. */
  readonly state: string;
  readonly signal: AbortSignal;
}

const CONTROL_PLANE_TIMEOUT_SECONDS = 300;
const WORKLOAD_TIMEOUT_SECONDS = 180;
const DEFAULT_ACCOUNT_TIMEOUT_SECONDS = 60;

/** What answers names in a tenant's cluster; it is ready once it has read the cluster's Services. */
const TENANT_DNS = { namespace: 'kube-system', workloads: ['deployment/coredns'] };

/** Makes one tenant's clusters match its directory in dist/. Writes nothing where they do. */
export async function deployTenant(
  host: Host,
  tenant: TenantDist,
  { state, signal }: DeployOptions,
): Promise<Outcome> {
  const { id } = tenant;
  const { $, target } = host;
  const seen = await lookAt(host, id);
  const obstacle = obstacleTo(tenant, seen);
  if (obstacle !== null) throw new Fault(obstacle);
  let { stored } = seen;
  const old = stored.inventory;
  const wanted = inventoryOf(tenant.hostObjects, tenant.virtualObjects, old.release);
  const gone = toPrune(id, old, wanted);
  const refused = [...stored.refused, ...gone.refused];
  const changes = refused.map((reference) => `${reference} left alone: not this tenant's`);
  const record = async (inventory: Inventory) => {
    stored = await recordInventory(host, id, stored, inventory);
  };

  const declare = async () => {
    // Noted before it is applied, so that an interrupted deploy leaves nothing that none can prune.
    await record(union(old, wanted));
    changes.push(...(await apply($, target, namespacesFirst(tenant.hostObjects), { force: true })));
    changes.push(...(await prune($, target, gone.host)));
    const { reasons, digest } = await ensureRelease(host, tenant, {
      scratch: state,
      known: old.release,
    });
    changes.push(...reasons.map((reason) => `vcluster: ${reason}`));
    await record({ ...stored.inventory, release: digest });
  };
  if (tenant.state !== 'active') {
    // Side by side: the control plane was told to end before, and what ends takes its time.
    const [pods] = await Promise.all([removePods(host, placeOf(id), signal), declare()]);
    if (pods > 0) changes.push(`${pods} pods deleted`);
    // What left virtual/ waits for the resume.
    await record({ ...stored.inventory, host: wanted.host });
    return { id, changes, greeting: null };
  }
  await declare();

  await waitForRollout($, target, {
    namespace: hostNamespace(id),
    workloads: [`statefulset/${vclusterName(id)}`],
    timeoutSeconds: CONTROL_PLANE_TIMEOUT_SECONDS,
    signal,
  });
  await using connection = await openTenant(host, id, state, signal);
  await waitForDefaultAccount($, connection.target, signal);
  const takeOver = `pnpm connect ${id} -- kubectl apply --server-side --force-conflicts --field-manager=${FIELD_MANAGER} -f dist/${id}/virtual`;
  changes.push(...(await apply($, connection.target, tenant.virtualObjects, { takeOver })));
  changes.push(...(await prune($, connection.target, gone.virtual)));
  await record({ ...wanted, release: stored.inventory.release });
  await Promise.all([
    waitForWorkloads($, connection.target, tenant.virtualObjects, signal),
    waitForRollout($, connection.target, {
      ...TENANT_DNS,
      timeoutSeconds: WORKLOAD_TIMEOUT_SECONDS,
      signal,
    }),
  ]);
  const greeting = await greetTenant($, connection, tenant.name, signal);
  return { id, changes, greeting };
}

/** What decides whether anything may be written for a tenant, in one request. */
async function lookAt({ $, target }: Host, id: string) {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: hostNamespace(id) } };
  const metadata = { name: vclusterName(id), namespace: hostNamespace(id) };
  const statefulSet = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata };
  const found = await getSame($, target, [namespace, statefulSet, ...inventoryObjects(id)]);
  return {
    namespace: found.find(({ kind }) => kind === 'Namespace'),
    statefulSet: found.find(({ kind }) => kind === 'StatefulSet'),
    stored: storedInventory(id, found),
  };
}

function namespacesFirst(objects: readonly KubeObject[]): readonly KubeObject[] {
  const rank = ({ kind }: KubeObject) => (kind === 'Namespace' ? 0 : 1);
  return objects.toSorted((a, b) => rank(a) - rank(b));
}

async function prune(
  $: Shell,
  target: Target,
  references: readonly string[],
): Promise<readonly string[]> {
  if (references.length > 0) {
    const items = references.map(objectOf);
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kubectl($, target, ['delete', '--ignore-not-found', '--wait=false', '-f', '-'], list);
  }
  return references.map((reference) => `${reference} pruned`);
}

/** A namespace takes no pods before its default ServiceAccount is there. */
function waitForDefaultAccount($: Shell, target: Target, signal: AbortSignal): Promise<void> {
  return poll(
    async () => {
      const found = await getObjects($, target, [
        '-n',
        'default',
        'serviceaccount',
        'default',
      ]).catch(String);
      if (typeof found === 'string') return { done: false, evidence: found };
      return found.length > 0
        ? { done: true, result: undefined }
        : { done: false, evidence: 'ServiceAccount default is not there' };
    },
    {
      what: 'tenant API server',
      timeoutSeconds: DEFAULT_ACCOUNT_TIMEOUT_SECONDS,
      intervalMilliseconds: 500,
      signal,
    },
  );
}

const ROLLED_OUT_KINDS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

async function waitForWorkloads(
  $: Shell,
  target: Target,
  objects: readonly KubeObject[],
  signal: AbortSignal,
): Promise<void> {
  for (const { kind, metadata } of objects) {
    if (!ROLLED_OUT_KINDS.has(kind)) continue;
    await waitForRollout($, target, {
      namespace: metadata.namespace ?? 'default',
      workloads: [`${kind.toLowerCase()}/${metadata.name}`],
      timeoutSeconds: WORKLOAD_TIMEOUT_SECONDS,
      signal,
    });
  }
}
