import { expect, test } from '@jest/globals';
import { apply } from '../lib/kube/server-side-apply.ts';
import { parseConflicts } from '../lib/kube/conflicts.ts';
import { fakeCommands } from './fake-command.ts';

const HELP = 'Please review the fields above--they currently have other managers.';

test('conflicts are read with manager and fields, one or many', () => {
  const stderr = [
    'Apply failed with 2 conflicts: conflicts with "kubectl-edit" using v1:',
    '- .data.a',
    '- .data.b',
    HELP,
    '* If you intend to manage all of these fields, please re-run the apply',
    'error: Apply failed with 1 conflict: conflict with "argo" using v1: .data.a',
    HELP,
    'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    'Apply failed with 1 conflict: conflict with "kubectl-set" using apps/v1: .spec.template.spec.containers[name="c"].env[name="X"].value',
  ].join('\n');
  expect(parseConflicts(stderr)).toEqual([
    { manager: 'kubectl-edit', fields: ['.data.a', '.data.b'] },
    { manager: 'argo', fields: ['.data.a'] },
    { manager: 'kubectl', fields: ['.spec.replicas'] },
    {
      manager: 'kubectl-set',
      fields: ['.spec.template.spec.containers[name="c"].env[name="X"].value'],
    },
  ]);
  expect(parseConflicts('Error from server (Forbidden): no')).toEqual([]);
});

const object = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { a: '1' },
});
const TARGET = { kubeconfig: '/k', context: 'c' };
const OBJECTS = [object('mine'), object('theirs')];
const live = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: OBJECTS });

function kubectlWithConflict(manager: string) {
  const fakes = fakeCommands();
  fakes.add(
    'kubectl',
    `case "$*" in
      *" get "*|*--force-conflicts*) printf %s '${live}';;
      *) grep -q theirs "${fakes.directory}/input" || { printf %s '${live}'; exit 0; }
        echo 'Apply failed with 1 conflict: conflict with "${manager}" using v1: .data.a' >&2; exit 1;;
    esac`,
  );
  return fakes;
}

test('a conflict names object, field, the other manager and the way out', async () => {
  const { $ } = kubectlWithConflict('kubectl-edit');
  await expect(apply($, TARGET, OBJECTS, { takeOver: 'pnpm take-it' })).rejects.toThrow(
    'what dist/ declares has been changed by others: v1 ConfigMap default/theirs .data.a: set by kubectl-edit\n  → undo that there, or take it over:\n    pnpm take-it',
  );
});

test("the syncer's fields are taken over without a word", async () => {
  const fakes = kubectlWithConflict('vcluster');
  expect(await apply(fakes.$, TARGET, OBJECTS)).toEqual([]);
  expect(fakes.calls('kubectl').at(-1)).toContain('--force-conflicts');
});

test('another failure of an apply is an error as it is', async () => {
  const fakes = fakeCommands();
  fakes.add(
    'kubectl',
    `case "$*" in *" get "*) printf %s '${live}';; *) echo no >&2; exit 1;; esac`,
  );
  await expect(apply(fakes.$, TARGET, OBJECTS)).rejects.toThrow('exit code 1');
});
