import { afterEach, beforeEach, expect, test } from '@jest/globals';
import deploy from '../commands/deploy.ts';
import plan from '../commands/plan.ts';
import type { Context } from '../lib/cli/run-main.ts';
import { readDist } from '../lib/deploy/make-plan.ts';
import { synthDist } from '../lib/dist/synth.ts';
import { tempWorkspace, type TempWorkspace } from './helpers/temp-workspace.ts';

let place: TempWorkspace;
beforeEach(async () => {
  place = tempWorkspace();
  place.tenants([
    { id: 'alice', name: 'Alice', wave: 'canary' },
    { id: 'bob', name: 'Bob' },
    { id: 'carol', name: 'Carol', wave: 'canary' },
  ]);
  await synthDist(place, () => undefined);
});
afterEach(() => place.remove());

const run = (
  command: typeof deploy,
  values: Readonly<Record<string, string>>,
  positionals: readonly string[] = [],
) => command.run({ workspace: place, values, positionals } as unknown as Context);

test('a wave is those tenants of it that are asked for', () => {
  const idsOf = (wave: string, ids: readonly string[] = []) =>
    readDist(place, ids, { wave }).flatMap(({ tenants }) => tenants.map(({ id }) => id));
  expect(idsOf('canary')).toEqual(['alice', 'carol']);
  expect(idsOf('rest')).toEqual(['bob']);
  expect(idsOf('canary', ['carol', 'bob'])).toEqual(['carol']);
});

test.each([
  ['deploy', deploy],
  ['plan', plan],
])('%s refuses a wave of which nobody is, before it looks at a cluster', async (_, command) => {
  await expect(run(command, { wave: 'canari' })).rejects.toThrow(
    'no tenant of wave "canari"; nothing was done\n  → did you mean canary?',
  );
  await expect(run(command, { wave: 'canary' }, ['bob'])).rejects.toThrow(
    'no tenant of wave "canary"; nothing was done\n  → waves with tenants: rest',
  );
});

test.each(['-1', '1.5', 'x', ''])('--max-failures %j is refused', async (text) => {
  await expect(run(deploy, { 'max-failures': text })).rejects.toThrow(
    `--max-failures is ${JSON.stringify(text)}; nothing was done`,
  );
});

test('a saved plan says for itself which tenants it is for', async () => {
  await expect(run(deploy, { wave: 'canary', plan: '/no/such/file' })).rejects.toThrow(
    '--wave and --plan both say which tenants; nothing was done',
  );
});
