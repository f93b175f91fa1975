import { describe, expect, test } from '@jest/globals';
import { parseObjects } from '@tenantry/plan';
import { getObjects } from '../lib/tools/kubectl.ts';
import { fakeCommands } from './fake-command.ts';

const target = { kubeconfig: '/k', context: 'kind-tenantry' };
const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', uid: 'u', resourceVersion: '1' },
};

describe("kubectl's JSON", () => {
  test('is nothing, an object, a list, or one object after the other', () => {
    const one = JSON.stringify(configMap, null, 4);
    expect(parseObjects('')).toEqual([]);
    expect(parseObjects(one)).toEqual([configMap]);
    expect(parseObjects(`${one}\n${one}\n`)).toEqual([configMap, configMap]);
    expect(parseObjects(JSON.stringify({ kind: 'List', items: [configMap] }))).toEqual([configMap]);
    expect(parseObjects(JSON.stringify({ kind: 'PodList', items: [] }))).toEqual([]);
  });
});

test('kubectl is always told kubeconfig and context', async () => {
  const fakes = fakeCommands();
  fakes.add('kubectl', 'echo');
  await getObjects(fakes.$, target, ['pods', '-n', 'a b']);
  expect(fakes.calls('kubectl')).toEqual([
    [
      '--kubeconfig',
      '/k',
      '--context',
      'kind-tenantry',
      '--request-timeout=30s',
      'get',
      'pods',
      '-n',
      'a b',
      '--ignore-not-found',
      '-o',
      'json',
    ],
  ]);
});

test('a failed command is named with its exit code and what it said last', async () => {
  const fakes = fakeCommands();
  fakes.add('kubectl', 'echo "error: no such thing" >&2; exit 7');
  await expect(getObjects(fakes.$, target, ['pods'])).rejects.toThrow(
    /^kubectl --kubeconfig \/k .* get pods .*: exit code 7\n {4}error: no such thing$/,
  );
});
