import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { V1StatefulSet } from '@tenantry/kube-library';
import { type ObjectOf, placeOf } from '@tenantry/plan';
import { hostNamespace } from '@tenantry/tenants';
import { ExpectedError, Fault, UsageError } from '../cli/errors.ts';
import type { Context } from '../cli/run-main.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import { connectHost, findHost } from '../cluster/host.ts';
import { deploy } from '../deploy/deploy.ts';
import { HAND_BACK, refuseFluxAtWork } from '../deploy/engine.ts';
import { statefulSetOf } from '../deploy/pause-tenant.ts';
import { editTenants, findTenant, withPaused } from '../dist/edit-tenants.ts';
import { hostNamed } from '../dist/host-for.ts';
import { readTenants } from '../dist/read.ts';
import { readFleet } from '../dist/tenants-file.ts';
import type { KubeClient } from '../kube/client.ts';
import { readNamespace } from '../kube/namespaces.ts';
import { read } from '../kube/requests.ts';
import { unpackArchive } from '../offboard/archive.ts';
import { digestOfArchive, storeArchive } from '../offboard/archive-store.ts';
import { deleteFromHost, stateSince } from '../offboard/delete-tenant.ts';
import { setProgress } from '../offboard/restore-progress.ts';
import { restoreArchive } from '../offboard/restore-tenant.ts';
import { checkCapacity, removeTemporary } from '../offboard/temporary-vcluster.ts';
import { makeVerifiedArchive } from '../offboard/verify-archive.ts';
import { splitVolumes, volumeStreams } from '../offboard/volume-streams.ts';
import { tenantVolumes } from '../offboard/volumes.ts';
import type { MovedArchive, MoveJournal } from './journal.ts';
import type { MoveMeans } from './move-tenant.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

/** The means of a move between two hosts, both of which must be there. @throws UsageError, Fault */
export async function moveMeans(
  surroundings: Surroundings,
  { id, from, to, isRemoved }: MoveJournal,
  acceptUnreadable: readonly string[],
): Promise<MoveMeans> {
  const { workspace, report, signal, print } = surroundings;
  const { archives, state } = workspace;
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const { hosts } = readFleet(workspace.tenantsFile);
  const connect = async (name: string) =>
    connectHost(await findHost(surroundings, hostNamed(hosts, name).context));
  const source = await connect(from);
  const target = await connect(to);
  if (!isRemoved) {
    await refuseFluxAtWork(source.client, from, HAND_BACK);
    await refuseFluxAtWork(target.client, to, HAND_BACK);
  }
  const dist = () => {
    const [tenant] = readTenants(workspace.dist, [id]);
    if (tenant === undefined) throw new ExpectedError(`${id} is not in dist/`);
    return tenant;
  };
  const volumes = async () => {
    const all = await tenantVolumes(source.client, id);
    const streams = all.length === 0 ? [] : volumeStreams(dist().virtualObjects);
    return splitVolumes(id, all, streams);
  };
  const since = async ({ namespaceUid, generation }: MovedArchive) => {
    const found = await stateSince(source.client, id, namespaceUid);
    const isSame = found !== 'held' || (await generationOf(source.client, id)) === generation;
    return isSame ? found : 'brought back';
  };
  const mustNotBeBack = async (archive: MovedArchive) => {
    if ((await since(archive)) !== 'brought back') return;
    throw new Fault({
      what: `${id} was not moved on`,
      why: `it was brought back on ${from} after it was archived, and may have changed since`,
      todo: `set its host back to ${from} in tenants.json, remove what was begun on ${to}, and run the command again`,
    });
  };
  return {
    async check() {
      if ((await readNamespace(source.client, hostNamespace(id))) === null) {
        throw new UsageError(
          `${id} does not live on ${from}: there is nothing to move; nothing was changed\n  → set its host to ${to} in tenants.json, then pnpm synth and pnpm deploy ${id}`,
        );
      }
      if ((await readNamespace(target.client, hostNamespace(id))) !== null) {
        throw new UsageError(
          `${id} lives on ${to} too; nothing was changed\n  → look at both with pnpm status: one of them has to go first`,
        );
      }
      const { rest } = await volumes();
      if (rest.length > 0) {
        const list = rest.map(({ claim, size }) => `\n    ${claim} (${size})`).join('');
        throw new UsageError(
          `${id} has volumes, whose data no archive of ours holds; nothing was changed:${list}\n  → say in the workload how they are archived, or remove them`,
        );
      }
      await removeTemporary(source.client, id, signal);
      await checkCapacity(source);
      await checkCapacity(target);
    },
    async deploy() {
      await deploy(surroundings, [id]);
    },
    async archive(note) {
      const namespace = await readNamespace(source.client, hostNamespace(id));
      using work = privateDirectory(state, `move-${id}`);
      const verified = await makeVerifiedArchive(
        source,
        dist(),
        findTenant(readFleet(workspace.tenantsFile), id),
        {
          ...surroundings,
          recipient: undefined,
          acceptUnreadable,
          streams: (await volumes()).streams,
          state,
          work: work.path,
        },
      );
      const { archive: name, digest } = verified;
      const archive = {
        name,
        digest,
        namespaceUid: namespace?.metadata.uid ?? '',
        generation: await generationOf(source.client, id),
      };
      note(archive);
      storeArchive(join(archives, name), verified);
      return archive;
    },
    isHeld: async (archive) => (await since(archive)) === 'held',
    async restore(archive) {
      await mustNotBeBack(archive);
      const { name, digest } = archive;
      using work = privateDirectory(state, `move-${id}`);
      const path = join(archives, name);
      if ((await digestOfArchive(path)) !== digest) {
        throw new UsageError(
          `${path} is not the archive that was verified; nothing was changed\n  → put the right one back`,
        );
      }
      const archived = await unpackArchive(path, join(work.path, 'unpacked'));
      await restoreArchive(surroundings, target, id, {
        digest,
        archived,
        // Somebody may have resumed it since an interruption.
        async declare() {
          await editTenants(
            workspace,
            (text, fleet) => ({ text: withPaused(text, fleet, id) }),
            print,
          );
        },
      });
    },
    async remove(archive) {
      await mustNotBeBack(archive);
      await report.of(id).step('removal', () => deleteFromHost(surroundings, source.client, id));
      print(`${id}: nothing of it is left on ${from}`);
    },
    forget: () => setProgress(target.client, id, null),
  };
}

/** Counts the changes of what is declared of a tenant's control plane. */
async function generationOf(client: KubeClient, id: string): Promise<number> {
  const statefulSet: ObjectOf<V1StatefulSet> | null = await read(
    client,
    statefulSetOf(placeOf(id)),
  );
  return statefulSet?.metadata.generation ?? 0;
}
