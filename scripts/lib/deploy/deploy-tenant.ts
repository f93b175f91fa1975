import { hostNamespace, INVENTORY_NAME, vclusterName } from '@tenantry/tenants';
import type { TenantDist } from '../dist/read.ts';
import { apply } from '../kube/server-side-apply.ts';
import { greetTenant } from './greet-tenant.ts';
import type { Host } from '../cluster/host.ts';
import {
  type Inventory,
  inventoryObject,
  inventoryOf,
  objectOf,
  readInventory,
  surplus,
  union,
} from './inventory.ts';
import { getObjects, type KubeObject, kubectl, type Target } from '../tools/kubectl.ts';
import { describeEnded, endPods } from './pause-tenant.ts';
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

/** Makes one tenant's clusters match its directory in dist/. Writes nothing where they do. */
export async function deployTenant(
  host: Host,
  tenant: TenantDist,
  { state, signal }: DeployOptions,
): Promise<Outcome> {
  const { id } = tenant;
  const { $, target } = host;
  const old = await readInventory(host, id);
  const wanted = inventoryOf(tenant.hostObjects, tenant.virtualObjects);
  const gone = surplus(old, wanted);
  const changes: string[] = [];

  const declare = async () => {
    // Noted before it is applied, so that an interrupted deploy leaves nothing that none can prune.
    changes.push(...(await applyHost(host, tenant, union(old, wanted))));
    changes.push(...(await prune($, target, gone.host)));
    const reasons = await ensureRelease(host, tenant, state);
    changes.push(...reasons.map((reason) => `vcluster: ${reason}`));
  };
  if (tenant.state !== 'active') {
    // Side by side: the control plane was told to end before, and what ends takes its time.
    const [ended] = await Promise.all([endPods(host, placeOf(id), signal), declare()]);
    changes.push(...describeEnded(ended));
    // What left virtual/ waits for the resume.
    if (gone.host.length > 0) {
      await note(host, id, { host: wanted.host, virtual: union(old, wanted).virtual });
    }
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
  changes.push(...(await apply($, connection.target, tenant.virtualObjects)));
  changes.push(...(await prune($, connection.target, gone.virtual)));
  await note(host, id, wanted);
  await waitForWorkloads($, connection.target, tenant.virtualObjects, signal);
  const greeting = await greetTenant($, connection, tenant.name, signal);
  return { id, changes, greeting };
}

/** The host objects are ours alone: what others changed is put right. */
async function applyHost(
  { $, target }: Host,
  tenant: TenantDist,
  inventory: Inventory,
): Promise<readonly string[]> {
  const isNamespace = ({ kind }: KubeObject) => kind === 'Namespace';
  const objects = [
    ...tenant.hostObjects.filter(isNamespace),
    inventoryObject(tenant.id, inventory),
    ...tenant.hostObjects.filter((object) => !isNamespace(object)),
  ];
  return (await apply($, target, objects, { force: true })).filter(
    (change) => !change.includes(INVENTORY_NAME),
  );
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

/** What deploy has applied, from now on. */
async function note({ $, target }: Host, id: string, inventory: Inventory): Promise<void> {
  await apply($, target, [inventoryObject(id, inventory)], { force: true });
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
