import { mkdirSync } from 'node:fs';
import pLimit from 'p-limit';
import {
  type Done,
  type KubeObject,
  type LifeCycleChange,
  type ObjectOf,
  type Observed,
  type ObservedTenant,
  orphanLines,
  type Plan,
  placeOf,
  planDifferences,
  referenceOf,
  somethingDone,
  type TenantPlan,
  wavesOf,
} from '@tenantry/plan';
import { builtImages, workload } from '@tenantry/workload';
import { Fault, HostFailure } from '../cli/errors.ts';
import { reportOn } from '../cli/report.ts';
import type { Context } from '../cli/run-main.ts';
import { actualContext, type Workspace } from '../cli/workspace.ts';
import { connectionsOf } from '../cluster/connections.ts';
import { ensureControlPlaneImages } from '../cluster/control-plane-images.ts';
import { ensureHost, type Host } from '../cluster/host.ts';
import { findHostApi } from '../cluster/look-host.ts';
import { ensureImage } from '../cluster/service-image.ts';
import type { V1Deployment } from '@tenantry/kube-library';
import { PAUSE_PAGE_DIRECTORY } from '../dist/image-references.ts';
import type { TenantDist } from '../dist/read.ts';
import type { KubeClient } from '../kube/client.ts';
import { clientOf } from '../kube/connect.ts';
import { isRolledOut } from '../kube/rollout.ts';
import { revealWith } from '../secrets/reveal.ts';
import { type Appliance, needsWork } from './apply-tenant.ts';
import { deployTenant, type Outcome, planOf } from './deploy-tenant.ts';
import { ROLLED_OUT_KINDS, virtualClient } from './wait-tenant.ts';
import { checkTenant } from './check-tenant.ts';
import { eachHost } from './each-host.ts';
import { CONCURRENCY } from './each-tenant.ts';
import { refuseFlux, refuseFluxAtWork } from './engine.ts';
import { eachWave } from './each-wave.ts';
import { applyHostWide } from './host-wide.ts';
import { mustNotLiveElsewhere } from './lives-elsewhere.ts';
import { type DistRead, makePlan, type Part, readDist } from './make-plan.ts';
import { describeEnded, endPods } from './pause-tenant.ts';
import { summarizeChanges } from '../progress/summarize-changes.ts';
import { installRelease } from './vcluster-release.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

/** Of a wave only its tenants are deployed, whatever the waves before it are like. */
export interface DeployOptions extends Part {
  /** Take over fields in tenants' clusters that others have set. */
  readonly takeOver?: boolean;
  /** The plans that were looked at, one for each host: others are not carried out. */
  readonly saved?: readonly Plan[] | null;
  /** How many tenants may fail before no further wave is begun. @default 0 */
  readonly maxFailures?: number;
  /** Change versions without a snapshot before. @default false */
  readonly skipSnapshot?: boolean;
  /** Of age; snapshots are encrypted for it. @default the workspace's */
  readonly recipient?: string | undefined;
}

/**
 * Makes the clusters match dist/, or the part of it that is asked for, on all hosts side by side: a
 * wave is of all of them.
 * @throws TenantFailures
 */
export async function deploy(
  surroundings: Surroundings,
  ids: readonly string[],
  {
    takeOver = false,
    saved = null,
    maxFailures = 0,
    skipSnapshot = false,
    recipient = surroundings.workspace.recipient,
    ...part
  }: DeployOptions = {},
): Promise<readonly Outcome[]> {
  const { workspace, report, signal, print } = surroundings;
  const hosts = withSaved(readDist(workspace, ids, part), ids, saved, workspace);
  const others = hosts.length > 1 ? '; pnpm run deploy --host NAME is for the other hosts' : '';
  refuseFlux(hosts, `commit tenants.json, dist/ and secrets/, and Flux does it${others}`);
  mkdirSync(workspace.state, { recursive: true, mode: 0o700 });
  await using open = new AsyncDisposableStack();
  const { done, failure } = await eachHost(hosts, (dist) =>
    prepareHost(hosts.length === 1 ? surroundings : tellingOf(dist.name, surroundings), dist, {
      takeOver,
      skipSnapshot,
      recipient,
      open,
    }),
  );
  const ready = new Map(done.map((host) => [host.name, host]));
  const lost = failure?.errors.filter((error) => error instanceof HostFailure) ?? [];
  const tenants = hosts.flatMap((host) => host.tenants);
  report.tenants(tenants.map(({ id }) => id));
  try {
    const outcomes = await eachWave(
      wavesOf(tenants),
      async (tenant) => {
        const host = ready.get(tenant.host);
        if (host !== undefined) return host.deploy(tenant);
        const error = lost.find(({ host: name }) => name === tenant.host);
        report.tenantFailed(tenant.id, { seconds: 0, changes: [], error: error?.cause });
        throw error;
      },
      { report, signal, maxFailures, lost },
    );
    if ([...done, ...outcomes].every(({ changes }) => changes.length === 0)) {
      print(`nothing changed: ${outcomes.length} of ${outcomes.length} tenants match dist/`);
    }
    return outcomes;
  } finally {
    for (const { orphans, print: say } of signal.aborted ? [] : done) {
      for (const line of orphanLines(orphans)) say(line);
    }
  }
}

/** What dist/ has of a host, and the plan for it that was looked at. */
interface HostWork extends DistRead {
  readonly saved: Plan | null;
}

/** Of saved plans, their hosts and tenants. @throws Fault where dist/ lacks a host */
function withSaved(
  hosts: readonly DistRead[],
  ids: readonly string[],
  saved: readonly Plan[] | null,
  workspace: Workspace,
): readonly HostWork[] {
  if (saved === null) return hosts.map((dist) => ({ ...dist, saved: null }));
  const byContext = new Map(hosts.map((dist) => [actualContext(dist.context, workspace), dist]));
  return saved.map((plan) => {
    const dist = byContext.get(plan.context);
    if (dist === undefined) {
      throw notCarriedOut([`it is for ${plan.context}, not ${[...byContext.keys()].join(', ')}`]);
    }
    const byId = new Map(dist.tenants.map((tenant) => [tenant.id, tenant]));
    const planned = plan.tenants.flatMap(({ id }) => byId.get(id) ?? []);
    return { ...dist, tenants: ids.length > 0 ? dist.tenants : planned, saved: plan };
  });
}

/** What is told of one of several hosts begins with its name. */
function tellingOf(host: string, surroundings: Surroundings): Surroundings {
  return {
    ...surroundings,
    report: reportOn(host, surroundings.report),
    print: (line) => surroundings.print(`${host}: ${line}`),
  };
}

/** A host of which nothing but its tenants is left to be deployed. */
interface ReadyHost extends Pick<Plan, 'orphans'>, Pick<Surroundings, 'print'> {
  readonly name: string;
  /** Of what all its tenants share. */
  readonly changes: readonly Done[];
  deploy(tenant: TenantDist): Promise<Outcome>;
}

interface PrepareOptions extends Required<
  Pick<DeployOptions, 'takeOver' | 'skipSnapshot' | 'recipient'>
> {
  readonly open: AsyncDisposableStack;
}

/** Looks at a host, decides, and brings what all its tenants share to it; its connections go into `open`. */
async function prepareHost(
  surroundings: Surroundings,
  dist: HostWork,
  { takeOver, skipSnapshot, recipient, open }: PrepareOptions,
): Promise<ReadyHost> {
  const { workspace, report, signal, print } = surroundings;
  const tools = hostTools(surroundings, dist.context);
  const connections = open.use(connectionsOf(await openHost(surroundings, dist, tools)));
  await refuseFluxAtWork(
    connections.host,
    dist.name,
    'commit tenants.json and dist/ and merge it: Flux follows, and pnpm status shows how far it is; pnpm handover deploy takes the host back',
  );
  const reveal = revealWith(surroundings, dist.secrets);
  const { plan, observed } = await makePlan(connections, dist, { reveal, takeOver });
  if (dist.saved !== null) refuseOther(dist.saved, plan);
  const appliance: Appliance = {
    connections,
    report,
    install: async (tenant, records, kill) => {
      const host = { ...(await tools()), client: connections.host };
      await ensureControlPlaneImages(host, tenant, workspace, report);
      return installRelease(host, tenant, {
        scratch: workspace.state,
        records,
        ...(kill !== undefined && { kill }),
      });
    },
    snapshot: async (id, versions, end) => {
      if (skipSnapshot) return somethingDone('no snapshot taken');
      const { keepBeforeUpgrade } = await import('../upgrade/keep-snapshot.ts');
      const host = { ...(await tools()), client: connections.host };
      const options = { ...workspace, recipient, signal: end };
      const name = await keepBeforeUpgrade(host, id, versions, options);
      return somethingDone(`snapshot in archives/${name}`);
    },
    endPods: async (host, id, end) => describeEnded(await endPods(host, placeOf(id), end)),
    check: async (tenant) =>
      checkTenant(await virtualClient({ connections, signal }, tenant.id), tenant, signal),
    mayBeMade: (id) => mustNotLiveElsewhere(workspace, dist.others, id),
    reveal,
    takeOver,
    signal,
  };
  sayLosses(surroundings, plan);
  await provideImages(surroundings, tools, dist, plan, observed);
  const working = pLimit(CONCURRENCY);
  const share = () => applyHostWide(connections.host, dist.hostWide, plan, observed, signal);
  const changes =
    plan.hostWide.length === 0
      ? await share()
      : await report.step(`${plan.context}: what all tenants share`, share);
  if (changes.length > 0) print(`${plan.context}: ${summarizeChanges(changes).join(', ')}`);
  return {
    name: dist.name,
    orphans: plan.orphans,
    print,
    changes,
    deploy: (tenant) => {
      const deployIt = () => deployTenant(appliance, tenant, plan, observed);
      // Of one that is as it should be only its service is asked.
      if (!needsWork(planOf(plan, tenant.id))) return deployIt();
      return working(() => {
        signal.throwIfAborted();
        return deployIt();
      });
    },
  };
}

/** The host's tools and our own kind cluster, found or made the first time that they are needed. */
function hostTools(surroundings: Surroundings, named: string): () => Promise<Host> {
  let host: Promise<Host> | null = null;
  return () => (host ??= ensureHost(surroundings, named));
}

/** A host that answers needs no tools to be looked at; our own that is down is made or started. */
async function openHost(
  { workspace }: Surroundings,
  dist: DistRead,
  tools: () => Promise<Host>,
): Promise<KubeClient> {
  const found = await findHostApi(workspace, dist.context);
  return 'down' in found ? clientOf((await tools()).target) : found;
}

/** @throws Fault where the clusters or dist/ are not as they were when the plan was made */
function refuseOther(saved: Plan, now: Plan): void {
  const differences = planDifferences(saved, now);
  if (differences.length > 0) throw notCarriedOut(differences);
}

function notCarriedOut(differences: readonly string[]): Fault {
  return new Fault({
    what: 'the saved plan was not carried out',
    why: differences.join('; '),
    todo: 'make a new one with pnpm plan --save FILE and look at it; nothing was changed',
  });
}

/** Pods that end with a pause and that nothing makes again are named before. */
function sayLosses({ report }: Surroundings, { tenants }: Plan): void {
  for (const { id, changes } of tenants) {
    const scaled = changes.find(
      (change): change is Extract<LifeCycleChange, { kind: 'scale' }> => change.kind === 'scale',
    );
    if (scaled === undefined || scaled.barePods.length === 0) continue;
    report.line(
      `${id}: the pause ends pods that nothing makes again: ${scaled.barePods.join(', ')}\n  → after the resume their owner has to make them; a Deployment would`,
    );
  }
}

/** Builds and loads, or pushes, the images that pods may be started from. */
async function provideImages(
  { workspace, report }: Surroundings,
  tools: () => Promise<Host>,
  { tenants, hostWide }: DistRead,
  plan: Plan,
  observed: Observed,
): Promise<void> {
  for (const reference of pausePageImages(hostWide, plan, observed)) {
    const directory = PAUSE_PAGE_DIRECTORY;
    await ensureImage(await tools(), { reference, directory }, workspace, report);
  }
  const planned = new Map(plan.tenants.map((tenant) => [tenant.id, tenant]));
  const starting = tenants
    .filter(({ state }) => state === 'active')
    .filter((tenant) => mayStartPods(planned.get(tenant.id), observed.tenants.get(tenant.id)));
  for (const [name, directory] of builtImages(workload.images)) {
    for (const reference of new Set(starting.flatMap(({ images }) => images[name] ?? []))) {
      await ensureImage(await tools(), { reference, directory }, workspace, report);
    }
  }
}

/** The image of the page that stands for paused tenants, where a pod may be started from it. */
function pausePageImages(
  hostWide: readonly KubeObject[],
  plan: Plan,
  observed: Observed,
): readonly string[] {
  const deployments = hostWide.filter(
    (object): object is Deployment => object.kind === 'Deployment',
  );
  return deployments.flatMap((deployment) => {
    const reference = referenceOf(deployment);
    const live = observed.hostWide.live.get(reference);
    const isChanged = plan.hostWide.some(
      (change) => 'object' in change && change.object === reference,
    );
    if (live !== undefined && !isChanged && isRolledOut(live)) return [];
    return deployment.spec?.template.spec?.containers.flatMap(({ image }) => image ?? []) ?? [];
  });
}

type Deployment = ObjectOf<V1Deployment>;

function mayStartPods(planned: TenantPlan | undefined, seen: ObservedTenant | undefined): boolean {
  if (planned === undefined || seen === undefined || seen.virtual.kind !== 'seen') return true;
  if (planned.changes.some(({ layer }) => layer === 'virtual' || layer === 'vcluster')) return true;
  return [...seen.virtual.seen.live.values()].some(
    (object) => ROLLED_OUT_KINDS.has(object.kind) && !isRolledOut(object),
  );
}
