import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { referenceOf } from '@tenantry/plan';
import { FLUX_NAMESPACE, FLUX_ROOT } from '@tenantry/tenants';
import { UsageError } from '../lib/cli/errors.ts';
import type { Options } from '../lib/cli/options.ts';
import type { Command, Context } from '../lib/cli/run-main.ts';
import { quietShell } from '../lib/cli/shell.ts';
import { workspace } from '../lib/cli/workspace.ts';
import { refuseFluxAtWork } from '../lib/deploy/engine.ts';
import { readByHost } from '../lib/dist/read.ts';
import { synthDist } from '../lib/dist/synth.ts';
import deploy from '../commands/deploy.ts';
import move from '../commands/move.ts';
import pause from '../commands/pause.ts';
import restore from '../commands/restore.ts';
import resume from '../commands/resume.ts';
import { type TempWorkspace, tempWorkspace } from './helpers/temp-workspace.ts';
import { fakeApi } from './helpers/fake-api.ts';
import { kubeconfigText, serveApi } from './helpers/serve-api.ts';
import { textReport } from './helpers/text-report.ts';

const flux = { registry: 'oci://registry.example.com/tenants' };
const only = {
  host: { context: 'eu', engine: 'flux', flux },
  tenants: [
    { id: 'alice', name: 'Alice' },
    { id: 'bob', name: 'Bob', state: 'paused' },
  ],
};
const two = {
  hosts: { 'eu-1': only.host, 'us-1': { context: 'us' } },
  tenants: [
    { id: 'alice', name: 'Alice', host: 'eu-1' },
    { id: 'carol', name: 'Carol', host: 'us-1' },
  ],
};

/** A handover of it was interrupted: dist/ says nothing of Flux yet. */
const begun = { host: { context: 'kind-tenantry' }, tenants: only.tenants };

const SNAPSHOT = '/alice-2026-11-26T11-20-00Z-vcluster-0.36.1-kubernetes-1.36.3.tar.gz';

const places = new Map<string, TempWorkspace>();
beforeAll(async () => {
  for (const [name, file] of Object.entries({ only, two, begun })) {
    const place = tempWorkspace();
    place.tenants(JSON.stringify(file));
    await synthDist(place, () => {});
    places.set(name, place);
  }
});
afterAll(() => {
  for (const place of places.values()) place.remove();
});

function placeOf(name: string): TempWorkspace {
  const place = places.get(name);
  if (place === undefined) throw new TypeError(name);
  return place;
}

const IN_FLUX = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: FLUX_NAMESPACE } };
/** The root of what Flux applies, as a host has it. */
const ROOT = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name: FLUX_ROOT, namespace: FLUX_NAMESPACE },
};

async function refusalOf(
  command: Command<Options>,
  name: string,
  positionals: readonly string[],
  values: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const signal = new AbortController().signal;
  const context: Context = {
    values,
    positionals,
    workspace: workspace({ TENANTRY_DIR: placeOf(name).dir }),
    report: textReport(() => {}),
    $: quietShell({ signal }),
    signal,
    print: () => {},
    show: () => {},
  };
  try {
    return await command.run(context);
  } catch (error) {
    return error;
  }
}

test.each([
  ['deploy', deploy, 'only', [], {}, /Flux applies dist\/ to eu; [^]*commit .* and Flux does it$/],
  ['deploy of all hosts', deploy, 'two', [], {}, /to eu; [^]*pnpm run deploy --host NAME/],
  ['deploy of one of its tenants', deploy, 'two', ['alice'], {}, /to eu; /],
  ['pause', pause, 'only', ['alice'], {}, /"state": "paused" of alice into tenants.json/],
  ['resume', resume, 'only', ['bob'], {}, /"state": "active" of bob into tenants.json/],
  [
    'the restore of a snapshot',
    restore,
    'only',
    ['alice'],
    { from: SNAPSHOT },
    /to eu; [^]*give the host back/,
  ],
  ['a move from it', move, 'two', ['alice'], { to: 'us-1' }, /to eu; [^]*give the host back/],
  ['a move to it', move, 'two', ['carol'], { to: 'eu-1' }, /to eu; [^]*give the host back/],
] as const)(
  'where Flux is the engine, %s is refused',
  async (_, command, name, ids, flags, says) => {
    const { tenantsFile } = placeOf(name);
    const before = readFileSync(tenantsFile, 'utf8');
    const refusal = await refusalOf(command, name, ids, flags);
    expect(refusal).toBeInstanceOf(UsageError);
    expect((refusal as Error).message).toMatch(says);
    expect(readFileSync(tenantsFile, 'utf8')).toBe(before);
  },
);

test('where Flux is at work though dist/ does not say so, it is refused too', async () => {
  const api = fakeApi();
  const refuse = () => refuseFluxAtWork(api.client, 'eu-1', 'do this');
  await expect(refuse()).resolves.toBeUndefined();
  for (const object of [IN_FLUX, ROOT]) api.put(object);
  await expect(refuse()).rejects.toThrow(
    /^eu-1 was left alone: Flux applies dist\/ there[^]*→ do this$/,
  );
});

test.each([
  ['pause', pause, 'alice'],
  ['resume', resume, 'bob'],
] as const)('%s is refused there before tenants.json is edited', async (_, command, id) => {
  const api = fakeApi();
  for (const object of [IN_FLUX, ROOT]) api.put(object);
  await using served = await serveApi(api);
  const place = placeOf('begun');
  place.write('.tenantry/kubeconfig', kubeconfigText({ 'kind-tenantry': served.server }));
  const before = readFileSync(place.tenantsFile, 'utf8');
  expect(await refusalOf(command, 'begun', [id])).toMatchObject({
    message: expect.stringMatching(/Flux applies dist\/ there[^]*else pnpm handover flux, which/),
  });
  expect(readFileSync(place.tenantsFile, 'utf8')).toBe(before);
});

test('what Flux has in the namespace of a paused tenant is known, and of no other', () => {
  const known = ['only', 'two'].flatMap((name) =>
    readByHost(placeOf(name).dist, [], undefined).flatMap(({ tenants }) =>
      tenants.map(({ id, pauseObjects }) => [id, pauseObjects.map(referenceOf)]),
    ),
  );
  const rbac = 'rbac.authorization.k8s.io/v1';
  const name = 'vcluster-tenant-bob/tenant-bob-pause';
  expect(known).toEqual([
    ['alice', []],
    ['bob', [`${rbac} Role ${name}`, `${rbac} RoleBinding ${name}`]],
    ['alice', []],
    ['carol', []],
  ]);
});

test('dist/ says of each host who applies it', () => {
  const engines = (name: string) =>
    readByHost(placeOf(name).dist, [], undefined).map((host) => [host.name, host.engine]);
  expect(engines('only')).toEqual([['default', 'flux']]);
  expect(engines('two')).toEqual([
    ['eu-1', 'flux'],
    ['us-1', 'deploy'],
  ]);
});
