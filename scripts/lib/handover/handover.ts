import { isEmpty } from '@tenantry/plan';
import { type Engine, setEngine } from '@tenantry/tenants';
import { ExpectedError, Fault } from '../cli/errors.ts';
import type { Context } from '../cli/run-main.ts';
import { type Connections, connectionsOf } from '../cluster/connections.ts';
import { lookAtHost } from '../cluster/look-host.ts';
import { deploy } from '../deploy/deploy.ts';
import { type DistRead, makePlan } from '../deploy/make-plan.ts';
import { editTenants } from '../dist/edit-tenants.ts';
import { fluxRoot } from '../dist/read.ts';
import { apply, remove } from '../kube/requests.ts';
import { revealWith } from '../secrets/reveal.ts';
import { pullSame } from './artifact.ts';
import {
  appliedByFlux,
  isFluxAtWork,
  removeFluxObjects,
  waitUntilApplied,
} from './flux-objects.ts';
import { type Identities, identitiesOf, lossesBetween } from './identities.ts';
import { removeFormerRecords, takeInventory, takeRecord } from './release-record.ts';
import { takeOver } from './take-over.ts';

type HandoverContext = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

/**
 * Gives a host's tenants to Flux, or takes them back. All objects stay the ones that they are, and no
 * pod is started anew: who manages them changes, and who knows what may be pruned. Interrupted, the
 * same call takes it up again. @throws Fault where an object is another one afterwards
 */
export async function handOver(
  surroundings: HandoverContext,
  dist: DistRead,
  engine: Engine,
): Promise<void> {
  const { workspace, report, print } = surroundings;
  await using connections = connectionsOf(await lookAtHost(workspace, dist.context));
  if (engine === 'flux') await mustMatch(surroundings, connections, dist);
  const before = await report.step('look at all objects', () => identitiesOf(connections, dist));
  await (engine === 'flux' ? toFlux : toDeploy)(surroundings, connections, dist);
  const after = await report.step('compare', () => identitiesOf(connections, dist));
  mustBeSame(dist, before, after);
  print(
    `${dist.name}: ${engine} has it; ${before.size} objects are the same, no pod was started anew\n  → commit tenants.json and dist/`,
  );
}

/** What Flux applies must change nothing. @throws Fault */
async function mustMatch(
  surroundings: HandoverContext,
  connections: Connections,
  dist: DistRead,
): Promise<void> {
  // Where an earlier call was interrupted, it has taken over what it applies.
  const begun = await isFluxAtWork(connections.host);
  const { plan } = await makePlan(connections, dist, {
    reveal: revealWith(surroundings, dist.secrets),
    takeOver: begun,
  });
  if (isEmpty(plan)) return;
  throw new Fault({
    what: `${dist.name} was not handed over`,
    why: 'it is not as dist/ says, which Flux would bring it to',
    todo: begun
      ? 'see pnpm plan; Flux has begun there: run pnpm handover deploy first, which brings it there'
      : 'see pnpm plan; run pnpm deploy first',
  });
}

async function toFlux(
  { workspace, report, signal, print }: HandoverContext,
  { host }: Connections,
  dist: DistRead,
): Promise<void> {
  const { source, kustomization } = fluxRoot(workspace.dist, dist);
  const begun = await isFluxAtWork(host);
  await report.step('Flux pulls dist/', async () => {
    await apply(host, source, { force: true });
    try {
      await pullSame(host, workspace, signal);
    } catch (error) {
      if (!begun) await remove(host, source);
      throw error;
    }
  });
  await report.step('Flux applies dist/', async () => {
    await apply(host, kustomization, { force: true });
    await waitUntilApplied(host, signal);
  });
  // Where a tenant's syncer could write them; those that Flux keeps are the ones that count.
  for (const { id } of dist.tenants) await removeFormerRecords(host, id);
  await noteEngine({ workspace, print }, dist, 'flux');
}

async function toDeploy(
  surroundings: HandoverContext,
  connections: Connections,
  dist: DistRead,
): Promise<void> {
  const { report, signal } = surroundings;
  const { host } = connections;
  const ids = dist.tenants.map(({ id }) => id);
  // While Flux still says what it has applied.
  for (const tenant of dist.tenants) {
    await takeInventory(host, tenant, await appliedByFlux(host, tenant.id));
  }
  await report.step('Flux lets go', () => removeFluxObjects(host, ids, signal));
  await report.step('take over', async () => {
    await takeOver(host, [...dist.hostWide, ...dist.tenants.flatMap((each) => each.hostObjects)]);
    for (const { id, state, virtualObjects } of dist.tenants) {
      if (state !== 'active') continue;
      const client = await connections.virtual(id);
      if (client === null) throw new ExpectedError(`${id}: it has no credentials yet`);
      await takeOver(client, virtualObjects);
    }
    for (const tenant of dist.tenants) await takeRecord(host, tenant);
  });
  await noteEngine(surroundings, dist, 'deploy');
  await deploy(surroundings, [], { host: dist.name });
}

async function noteEngine(
  { workspace, print }: Pick<HandoverContext, 'workspace' | 'print'>,
  { name }: DistRead,
  engine: Engine,
): Promise<void> {
  await editTenants(workspace, (text) => ({ text: setEngine(text, name, engine) }), print);
}

function mustBeSame({ name }: DistRead, before: Identities, after: Identities): void {
  const losses = lossesBetween(before, after);
  if (losses.length === 0) return;
  throw new Fault({
    what: `${name} was handed over, and not all is as it was`,
    why: losses.join('; '),
    todo: 'see pnpm status and pnpm verify, and find out who has done that',
  });
}
