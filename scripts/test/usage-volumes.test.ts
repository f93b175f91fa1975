import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakeCommands, fakeCommands } from './fake-command.ts';
import { type GitHistory, gitHistory } from './helpers/git-history.ts';
import { ON_FIXTURE, root } from './helpers/temp-workspace.ts';

/** What `pnpm usage` learns from a cluster, and how it ends where it learns nothing. */
describe('usage with a cluster', () => {
  let place: GitHistory;
  let fakes: FakeCommands;
  beforeAll(() => {
    place = gitHistory();
    place.tenants([{ id: 'alice', name: 'Alice' }]);
    place.commit('2026-01-01T00:00Z');
    fakes = fakeCommands();
    script('synth.ts');
    fakes.add('helm', 'echo v3.19.0');
    fakes.add('vcluster', 'echo vcluster version 0.36.0');
    fakes.add('kind', 'case "$1" in version) echo kind v0.33.0 go1.26;; *) echo tenantry;; esac');
  });
  afterAll(() => place.remove());

  function script(...args: readonly string[]) {
    const [file = '', ...flags] = args;
    return spawnSync(process.execPath, [ON_FIXTURE, join(root, 'scripts', file), ...flags], {
      env: {
        ...process.env,
        PATH: `${fakes.directory}:/usr/bin:/bin`,
        TENANTRY_DIR: place.dir,
        TENANTRY_CLUSTER: 'tenantry',
      },
      encoding: 'utf8',
    });
  }

  /** Asks for one day, with a kubectl that answers so. */
  function usage(kubectl: string) {
    place.write('.tenantry/kubeconfig', '{}');
    const version = `echo '{"clientVersion": {"gitVersion": "v1.36.1"}}'`;
    fakes.add('kubectl', `case "$1" in version) ${version};; *) ${kubectl};; esac`);
    return script('usage.ts', '--json', '--from', '2026-01-01', '--to', '2026-01-01');
  }

  function row(stdout: string): Record<string, unknown> {
    return JSON.parse(stdout.split('\n')[0] ?? '') as Record<string, unknown>;
  }

  const claims = (storage: string) =>
    `echo '${JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: {
            name: 'data',
            namespace: 'vcluster-tenant-alice',
            creationTimestamp: '2025-12-31T00:00:00Z',
          },
          spec: { resources: { requests: { storage } } },
        },
      ],
    })}'`;

  test('that was never made is no failure: its volumes are not known', () => {
    rmSync(join(place.dir, '.tenantry'), { recursive: true, force: true });
    const { status, stdout } = script('usage.ts', '--json', '--from', '2026-01-01');
    expect({ status, ...row(stdout) }).toMatchObject({ status: 0, storageGiBMonths: null });
    expect(stdout).toContain('volumes are not known: no kind cluster tenantry yet');
  });

  test('counts its volumes, whatever form their size has', () => {
    const { status, stdout } = usage(claims('783831531.52e3'));
    expect({ status, ...row(stdout) }).toMatchObject({
      status: 0,
      activeHours: 24,
      storageGiBMonths: 24,
    });
  });

  test.each([
    [
      'that does not answer',
      'echo "Unable to connect to the server" >&2; exit 1',
      'Unable to connect',
    ],
    [
      'with a size that nobody can read',
      claims('5GB'),
      'PersistentVolumeClaim vcluster-tenant-alice/data: spec.resources.requests.storage: found "5GB"',
    ],
  ])('%s tells the hours, and fails', (_, kubectl, words) => {
    const { status, stdout, stderr } = usage(kubectl);
    expect({ status, ...row(stdout) }).toMatchObject({
      status: 1,
      activeHours: 24,
      storageGiBMonths: null,
    });
    expect(stderr).toContain(words);
  });
});
