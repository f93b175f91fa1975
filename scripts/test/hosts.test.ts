import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parsePlans } from '@tenantry/plan';
import { type TenantFailures, UsageError } from '../lib/cli/errors.ts';
import type { Options } from '../lib/cli/options.ts';
import type { Command, Context } from '../lib/cli/run-main.ts';
import { quietShell } from '../lib/cli/shell.ts';
import { workspace } from '../lib/cli/workspace.ts';
import { synthDist } from '../lib/dist/synth.ts';
import deploy from '../commands/deploy.ts';
import plan from '../commands/plan.ts';
import status from '../commands/status.ts';
import { type FakeApi, fakeApi } from './helpers/fake-api.ts';
import { kubeconfigText, serveApi, type ServedApi } from './helpers/serve-api.ts';
import { type TempWorkspace, tempWorkspace } from './helpers/temp-workspace.ts';
import { textReport } from './helpers/text-report.ts';

let place: TempWorkspace;
const former = process.env['KUBECONFIG'];
beforeAll(async () => {
  place = tempWorkspace();
  place.tenants(
    JSON.stringify({
      hosts: { 'eu-1': { context: 'eu' }, 'us-1': { context: 'us' } },
      tenants: [
        { id: 'alice', name: 'Alice', host: 'eu-1' },
        { id: 'bob', name: 'Bob', host: 'us-1' },
        { id: 'carol', name: 'Carol', host: 'us-1', state: 'paused' },
      ],
    }),
  );
  await synthDist(place, () => {});
  process.env['KUBECONFIG'] = join(place.dir, 'kubeconfig');
});
afterAll(() => {
  if (former === undefined) delete process.env['KUBECONFIG'];
  else process.env['KUBECONFIG'] = former;
  place.remove();
});

let eu: FakeApi;
let us: FakeApi;
let served: ServedApi[];
beforeEach(async () => {
  [eu, us] = [fakeApi('eu'), fakeApi('us')];
  served = [await serveApi(eu), await serveApi(us)];
  const [euServer = '', usServer = ''] = served.map(({ server }) => server);
  place.write('kubeconfig', kubeconfigText({ eu: euServer, us: usServer }));
});
afterEach(async () => {
  for (const each of served) await each[Symbol.asyncDispose]();
});

/** From now on nobody listens where us-1 is. */
const away = async () => served.pop()?.[Symbol.asyncDispose]();

/** Runs a command here; how it ended, and what it printed. */
async function run(
  command: Command<Options>,
  positionals: readonly string[] = [],
  values: Readonly<Record<string, string | boolean>> = {},
  { dir } = place,
) {
  const lines: string[] = [];
  const told: string[] = [];
  const signal = new AbortController().signal;
  const context: Context = {
    values: values as Context['values'],
    positionals,
    workspace: workspace({ TENANTRY_DIR: dir }),
    report: textReport((text) => void told.push(text)),
    $: quietShell({ signal }),
    signal,
    print: (line) => void lines.push(line),
    show: (text) => void lines.push(text),
  };
  try {
    return { code: (await command.run(context)) ?? 0, text: lines.join('\n'), told, error: null };
  } catch (error) {
    return { code: null, text: lines.join('\n'), told, error: error as Error };
  }
}

describe('plan', () => {
  test('tells of each host what a deploy would do there', async () => {
    const { code, text } = await run(plan);
    expect(code).toBe(0);
    expect(text).toMatch(/^eu, for all tenants:\n/);
    expect(text).toMatch(/^alice \(active\):\n[^]*^eu: \d+ changes in 1 of 1 tenant$/m);
    expect(text).toMatch(/^us, for all tenants:\n[^]*^bob \(active\):\n[^]*^carol \(paused\):\n/m);
    expect(text).toMatch(/^us: \d+ changes in 2 of 2 tenants$/m);
    expect([eu, us].map((api) => api.writes)).toEqual([[], []]);
  });

  test.each([
    ['of one tenant', ['bob'], {}],
    ['with --host', [], { host: 'us-1' }],
  ])('%s asks its host only', async (_, ids, values) => {
    const { text } = await run(plan, ids, values);
    expect(text).toContain('bob (active)');
    expect(text).not.toContain('alice');
    expect(eu.reads).toEqual([]);
  });

  test('tells of the others where a host is away, and fails its tenants', async () => {
    await away();
    const { text, error } = await run(plan);
    expect(text).toContain('alice (active)');
    expect((error as TenantFailures).done).toBe(1);
    expect((error as TenantFailures).errors).toMatchObject([
      { host: 'us-1', message: expect.stringMatching(/^us-1: host us: its API server/) },
    ]);
  });

  test('is an orphan where a tenant lives on a host that is not its own', async () => {
    const labels = {
      'app.kubernetes.io/managed-by': 'tenantry',
      'tenantry.dev/tenant': 'bob',
    };
    const metadata = { name: 'vcluster-tenant-bob', labels };
    eu.put({ apiVersion: 'v1', kind: 'Namespace', metadata });
    const { text } = await run(plan);
    expect(text).toMatch(/^bob: orphan: [^]*^eu: /m);
  });

  test('is saved for all hosts, or not at all', async () => {
    const save = join(place.dir, 'plan.json');
    await run(plan, [], { save });
    const saved = parsePlans(readFileSync(save, 'utf8'));
    expect(saved.map(({ context, tenants }) => [context, tenants.length])).toEqual([
      ['eu', 1],
      ['us', 2],
    ]);
    await away();
    const other = join(place.dir, 'other.json');
    await run(plan, [], { save: other });
    expect(existsSync(other)).toBe(false);
  });

  test('for machines ends with one summary', async () => {
    const { text } = await run(plan, [], { json: true });
    const events = text.split('\n').map((line) => JSON.parse(line) as { event: string });
    expect(events.map(({ event }) => event)).toEqual([
      'host-wide',
      'tenant',
      'host-wide',
      'tenant',
      'tenant',
      'summary',
    ]);
    expect(events.at(-1)).toMatchObject({ tenants: 3, changed: 3, empty: false });
  });
});

describe('status', () => {
  test('names the host of each tenant', async () => {
    const { code, text } = await run(status);
    expect(code).toBe(4);
    expect(text.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4))).toMatchObject([
      ['TENANT', 'HOST', 'WANTED', 'SEEN'],
      ['alice', 'eu-1', 'active', 'absent'],
      ['bob', 'us-1', 'active', 'absent'],
      ['carol', 'us-1', 'paused', 'absent'],
      expect.anything(),
    ]);
  });

  test('shows the others where a host is away', async () => {
    await away();
    const { text, error } = await run(status);
    expect(text).toMatch(/^alice /m);
    expect(text).not.toMatch(/^bob /m);
    expect((error as TenantFailures).done).toBe(1);
  });
});

test('deploy does what it can where a host is away, and fails its tenants', async () => {
  const other = tempWorkspace();
  try {
    const hosts = { new: { context: 'eu' }, 'us-1': { context: 'us' } };
    const tenants = [{ id: 'bob', name: 'Bob', host: 'us-1' }];
    other.tenants(JSON.stringify({ hosts, tenants }));
    await synthDist(other, () => {});
    await away();
    const { text, told, error } = await run(deploy, [], {}, other);
    expect(text).toMatch(/^new: eu: \d+ created$/m);
    expect(eu.writes.length).toBeGreaterThan(0);
    expect((error as TenantFailures).done).toBe(0);
    expect(told.join('\n')).toMatch(/^✗ bob: host us: its API server does not answer/m);
    eu.writes.length = 0;
    const again = await run(deploy, [], { host: 'new' }, other);
    expect(again).toMatchObject({
      error: null,
      text: 'nothing changed: 0 of 0 tenants match dist/',
    });
    expect(eu.writes).toEqual([]);
  } finally {
    other.remove();
  }
});

describe('a tenant that has another host in dist/ than it lives on is not made there anew', () => {
  test('nor a part of it', async () => {
    const labels = { 'tenantry.dev/tenant': 'carol' };
    const metadata = { name: 'vcluster-tenant-carol', labels };
    eu.put({ apiVersion: 'v1', kind: 'Namespace', metadata });
    const { error } = await run(deploy, ['carol']);
    expect((error as TenantFailures).errors).toMatchObject([
      {
        message: expect.stringMatching(
          /^carol: carol was not made: it lives on eu-1, with its data/,
        ),
      },
    ]);
    expect(us.writes.filter((write) => write.includes('carol'))).toEqual([]);
  });

  test('nor where the other host is away, which does not say', async () => {
    await served.shift()?.[Symbol.asyncDispose]();
    const { error } = await run(deploy, ['carol']);
    expect((error as TenantFailures).errors).toMatchObject([
      {
        message: expect.stringMatching(/whether it lives on eu-1 already, is not known: host eu: /),
      },
    ]);
    expect(us.writes.filter((write) => write.includes('carol'))).toEqual([]);
  });
});

describe('nothing is asked', () => {
  test.each([
    [
      'of a tenant that lives elsewhere',
      ['alice'],
      { host: 'us-1' },
      /alice lives on eu-1, not on us-1/,
    ],
    [
      'of a host that is not there',
      [],
      { host: 'us-2' },
      /no host "us-2" in dist\/\n {2}→ did you mean us-1\?/,
    ],
  ])('%s', async (_, ids, values, message) => {
    const { error } = await run(plan, ids, values);
    expect(error).toBeInstanceOf(UsageError);
    expect(error?.message).toMatch(message);
    expect([eu, us].map((api) => api.reads)).toEqual([[], []]);
  });
});
