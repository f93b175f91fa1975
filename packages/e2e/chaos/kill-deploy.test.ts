import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import {
  host,
  type KillScope,
  killAfter,
  numberVariable,
  pnpm,
  pnpmOk,
  referenceTenants,
  tenant,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(10 * 60_000);

const ROUNDS = numberVariable('TENANTRY_KILLS', 20);
const SEED = numberVariable('FAST_CHECK_SEED', 1);

/** What a round changes, so that a deploy has something to do, and how long that takes at most. */
const CHANGES = [
  { change: 'a new tenant', milliseconds: 45_000, weight: 1 },
  { change: 'a pause', milliseconds: 10_000, weight: 2 },
  { change: 'a resume', milliseconds: 30_000, weight: 2 },
  { change: 'a new name', milliseconds: 8_000, weight: 3 },
  { change: 'drift on the host', milliseconds: 3_000, weight: 1 },
  { change: 'drift inside', milliseconds: 6_000, weight: 1 },
] as const;

type ChangeName = (typeof CHANGES)[number]['change'];

/** What Alice is in tenants.json. */
const alice = { id: 'alice', name: 'Alice', state: 'active' };
/** How many rounds killed a deploy that was still running. */
let kills = 0;
/** The newcomer of a round. */
let carol: { readonly id: string; readonly name: string } | null = null;

async function synth(): Promise<void> {
  const paused = { state: 'paused', pausedBy: 'operator', pausedSince: '2026-01-01' };
  const { id, name, state } = alice;
  writeTenants({
    ...referenceTenants(),
    tenants: [
      { id, name, ...(state === 'paused' && paused) },
      { id: 'bob', name: 'Bob' },
      ...(carol === null ? [] : [carol]),
    ],
  });
  await pnpmOk(['synth']);
}

/** Brings about what a round is about. */
async function make(change: ChangeName, round: number): Promise<void> {
  switch (change) {
    case 'a new tenant':
      carol = { id: `carol-${round}`, name: 'Carol' };
      break;
    case 'a pause':
      alice.state = 'paused';
      break;
    case 'a resume':
      alice.state = 'active';
      break;
    case 'a new name':
      alice.name = `Alice ${round}`;
      break;
    case 'drift on the host':
      await host(['-n', 'vcluster-tenant-alice', 'delete', 'networkpolicies', '--all']);
      await host(['-n', 'vcluster-tenant-alice', 'delete', 'service', 'tenant-alice-headless']);
      break;
    default:
      await tenant('alice', ['delete', 'deployments,services', '--all', '-n', 'default']);
  }
  await synth();
}

/** A newcomer goes as it came, so that the host has room for the next one. */
async function forgetNewcomer(): Promise<void> {
  if (carol === null) return;
  await host(['delete', 'namespace', `vcluster-tenant-${carol.id}`]);
  carol = null;
  await synth();
}

beforeAll(async () => {
  process.stderr.write(`${ROUNDS} rounds, FAST_CHECK_SEED=${SEED}\n`);
  await synth();
  await pnpmOk(['deploy']);
});

afterAll(() => {
  process.stderr.write(`${kills} of ${ROUNDS} deploys were killed\n`);
});

const SCOPES: readonly KillScope[] = ['group', 'command'];

const rounds = Array.from({ length: ROUNDS }, (_, round) => ({
  round,
  at: random('at', round),
  pick: random('pick', round),
  scope: SCOPES[round % SCOPES.length] ?? 'group',
}));

test.each(rounds)(
  'kill $round of the $scope is put right by the next deploy',
  async ({ round, at, pick, scope }) => {
    const { change, milliseconds } = pickChange(pick);
    await make(change, round);
    const after = Math.round(at * milliseconds);
    const killed = await killAfter(['deploy'], after, scope);
    if (killed) kills += 1;
    process.stderr.write(`${change}: ${killed ? 'killed after' : 'ended before'} ${after} ms\n`);
    const { stdout } = await pnpmOk(['deploy']);
    expect(stdout).toContain(
      alice.state === 'active' ? `✋ ${alice.name}` : 'alice: skipped: paused',
    );
    expect(await pnpm(['--silent', 'plan', '--exit-code'])).toMatchObject({ exitCode: 0 });
    expect((await pnpmOk(['deploy'])).stdout).toContain('nothing changed:');
    await forgetNewcomer();
  },
);

/** Of what can be done to Alice as she is, by its weight. */
function pickChange(at: number): (typeof CHANGES)[number] {
  const possible = CHANGES.filter(({ change }) =>
    alice.state === 'active' ? change !== 'a resume' : change === 'a resume',
  ).flatMap((each) => Array.from({ length: each.weight }, () => each));
  const picked = possible[Math.floor(at * possible.length)];
  if (picked === undefined) throw new RangeError(`nothing to pick at ${at}`);
  return picked;
}

/** From 0 up to 1, the same for the same seed. */
function random(...of: readonly (string | number)[]): number {
  const digest = createHash('sha256')
    .update([SEED, ...of].join(' '))
    .digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}
