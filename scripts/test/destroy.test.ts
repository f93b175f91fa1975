import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FakeCommands, fakeCommands } from './fake-command.ts';
import { type TempWorkspace, tempWorkspace } from './helpers/temp-workspace.ts';
import { runScript } from './run-script.ts';

const NAMESPACES = {
  kind: 'List',
  items: ['alice', 'bob'].map((id) => ({
    kind: 'Namespace',
    metadata: { name: `vcluster-tenant-${id}`, labels: { 'tenantry.dev/tenant': id } },
  })),
};
const claim = (namespace: string, name: string, storage: string) => ({
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace },
  spec: { resources: { requests: { storage } } },
});
const CLAIMS = {
  kind: 'List',
  items: [
    claim('vcluster-tenant-alice', 'data-tenant-alice-0', '5Gi'),
    claim('vcluster-tenant-alice', 'notes\u001B[2J', '16Mi'),
    claim('monitoring', 'metrics', '1Gi'),
  ],
};

let fakes: FakeCommands;
let place: TempWorkspace;
beforeEach(() => {
  fakes = fakeCommands();
  place = tempWorkspace();
  place.write('.tenantry/kubeconfig', 'apiVersion: v1');
  fakes.add('docker', 'echo 0123abcd');
  fakes.add('kind', `test "$1" = version && echo kind v0.33.0; true`);
  fakes.add('helm', 'echo v3.19.0');
  fakes.add('vcluster', 'echo vcluster version 0.36.0');
  fakes.add(
    'kubectl',
    `case "$*" in
      version*) echo '{ "gitVersion": "v1.36.1." }' ;;
      *claims*) printf %s '${JSON.stringify(CLAIMS)}' ;;
      *namespaces*) printf %s '${JSON.stringify(NAMESPACES)}' ;;
    esac`,
  );
});
afterEach(() => place.remove());

function destroy(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runScript('destroy', args, {
    PATH: `${fakes.directory}:/usr/bin:/bin`,
    TENANTRY_DIR: place.dir,
    TENANTRY_CLUSTER: 'mine',
    ...env,
  });
}
const deletions = () => fakes.calls('kind').filter(([verb]) => verb === 'delete');
const isThere = () => existsSync(join(place.dir, '.tenantry/kubeconfig'));

test('what goes is named, and goes when the name is given', () => {
  const { code, stderr } = destroy(['--confirm', 'mine']);
  expect([code, stderr.split('\n').slice(0, 6)]).toEqual([
    0,
    [
      'This removes:',
      '  kind cluster mine',
      '    tenant alice: volumes data-tenant-alice-0 (5Gi), notes\\u001b[2J (16Mi)',
      '    tenant bob: no volumes',
      '    volume monitoring/metrics (1Gi), of no tenant',
      `  ${place.dir}/.tenantry`,
    ],
  ]);
  expect(deletions()).toHaveLength(1);
  expect(isThere()).toBe(false);
});

test('a cluster that does not answer is removed too, and said not to have been read', () => {
  fakes.add('kubectl', `test "$1" = version && echo '{ "gitVersion": "v1.36.1." }' || exit 1`);
  const { code, stderr } = destroy(['--confirm', 'mine']);
  expect(stderr).toContain('kind cluster mine; what it holds cannot be read:\n    kubectl ');
  expect(code).toBe(0);
  expect(deletions()).toHaveLength(1);
});

describe('nothing goes', () => {
  test.each([
    ['where nobody is there to type it', [], {}, 'not confirmed: nobody is there to type it'],
    ['at another name', ['--confirm', 'tenantry'], {}, 'not confirmed: --confirm is "tenantry"'],
    ['by a variable', [], { TENANTRY_CONFIRM: 'mine' }, 'TENANTRY_CONFIRM is set, and --confirm'],
    ['at a slip of the pen', ['--confrim', 'mine'], {}, 'did you mean --confirm?'],
  ] as const)('%s', (_, args, env, message) => {
    const { code, stderr } = destroy(args, env);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(existsSync(join(fakes.directory, 'calls/kind')) ? deletions() : []).toEqual([]);
    expect(isThere()).toBe(true);
  });

  test('by asking for help, whatever else is written', () => {
    const { code, stdout } = destroy(['--confirm', 'mine', '--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('pnpm destroy [--confirm NAME]')]);
    expect(stdout).not.toContain('TENANTRY_CONFIRM');
    expect(existsSync(join(fakes.directory, 'calls/docker'))).toBe(false);
    expect(isThere()).toBe(true);
  });

  test('where Docker does not say whether the cluster is there', () => {
    fakes.add('docker', 'echo Cannot connect >&2; exit 1');
    const { code, stderr } = destroy(['--confirm', 'mine']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('Cannot connect'),
    });
    expect(isThere()).toBe(true);
  });
});
