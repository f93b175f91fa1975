import { isEmpty } from '@tenantry/plan';
import { type Engine, setEngine } from '@tenantry/tenants';
import { Fault, UsageError } from '../cli/errors.ts';
import type { Context } from '../cli/run-main.ts';
import { type Connections, connectionsOf } from '../cluster/connections.ts';
import { lookAtHost } from '../cluster/look-host.ts';
import { deploy } from '../deploy/deploy.ts';
import { type DistRead, makePlan } from '../deploy/make-plan.ts';
import { editTenants } from '../dist/edit-tenants.ts';
import { fluxRoot } from '../dist/read.ts';
import { apply } from '../kube/requests.ts';
import { revealWith } from '../secrets/reveal.ts';
import { isFluxAtWork, letGo, waitUntilApplied } from './flux-objects.ts';
import { type Identities, identitiesOf, lossesBetween } from './identities.ts';
import { removeFormerRecords, takeRecord } from './release-record.ts';
import { takeOver } from './take-over.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

/**
 * Gives a host's tenants to Flux, or takes them back. All objects stay the ones that they are, and no
 * pod is started anew: who manages them changes, and who knows what may be pruned. Interrupted, the
 * same call takes it up again. @throws Fault where an object is another one afterwards
 */
export async function handOver(
  surroundings: Surroundings,
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
  surroundings: Surroundings,
  connections: Connections,
  dist: DistRead,
): Promise<void> {
  const { plan } = await makePlan(connections, dist, {
    reveal: revealWith(surroundings, dist.secrets),
    // Where an earlier call was interrupted, it has taken over what it applies.
    takeOver: await isFluxAtWork(connections.host),
  });
  if (isEmpty(plan)) return;
  throw new Fault({
    what: `${dist.name} was not handed over`,
    why: 'it is not as dist/ says, which Flux would bring it to',
    todo: 'see pnpm plan; run pnpm deploy first',
  });
}

async function toFlux(
  { workspace, report, signal, print }: Surroundings,
  { host }: Connections,
  dist: DistRead,
): Promise<void> {
  const root = fluxRoot(workspace.dist, dist);
  if (root.length === 0) {
    throw new UsageError(
      `dist/ has nothing for Flux on ${dist.name}; nothing was changed\n  → set flux of that host in tenants.json, then pnpm synth and pnpm deploy`,
    );
  }
  await report.step('Flux applies dist/', async () => {
    for (const object of root) await apply(host, object, { force: true });
    await waitUntilApplied(host, signal);
  });
  // Where a tenant's syncer could write them; those that Flux keeps are the ones that count.
  for (const { id } of dist.tenants) await removeFormerRecords(host, id);
  await noteEngine({ workspace, print }, dist, 'flux');
}

async function toDeploy(
  surroundings: Surroundings,
  connections: Connections,
  dist: DistRead,
): Promise<void> {
  const { report, signal } = surroundings;
  const { host } = connections;
  const ids = dist.tenants.map(({ id }) => id);
  await report.step('Flux lets go', () => letGo(host, ids, signal));
  await report.step('take over', async () => {
    await takeOver(host, [...dist.hostWide, ...dist.tenants.flatMap((each) => each.hostObjects)]);
    for (const { id, state, virtualObjects } of dist.tenants) {
      const client = state === 'active' ? await connections.virtual(id) : null;
      if (client !== null) await takeOver(client, virtualObjects);
    }
    for (const tenant of dist.tenants) await takeRecord(host, tenant);
  });
  await noteEngine(surroundings, dist, 'deploy');
  await deploy(surroundings, [], { host: dist.name });
}

async function noteEngine(
  { workspace, print }: Pick<Surroundings, 'workspace' | 'print'>,
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
