import { expect, test } from '@jest/globals';
import { parseNodeImages } from '../lib/tools/docker.ts';
import { fakeCommands } from './fake-command.ts';
import { forwardPort } from '../lib/tools/port-forward.ts';

test('images in a node are known by their tags; some have none', () => {
  const text = '{"images":[{"repoTags":["docker.io/tenantry/app:1","x:2"]},{"repoTags":null},{}]}';
  expect(parseNodeImages(text)).toEqual(['docker.io/tenantry/app:1', 'x:2']);
});

test('a port-forward starts again on its port when kubectl ends, and ends with its holder', async () => {
  const fakes = fakeCommands();
  fakes.add('kubectl', 'echo "Forwarding from 127.0.0.1:40123 -> 8443"; sleep 0.1');
  {
    await using forward = await forwardPort(
      fakes.$,
      { kubeconfig: '/k', context: 'c' },
      'n',
      'svc/a',
      443,
    );
    expect(forward.port).toBe(40123);
    while (fakes.calls('kubectl').length < 2)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const calls = fakes.calls('kubectl').map((call) => call.at(-1));
  expect(calls.slice(0, 2)).toEqual([':443', '40123:443']);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(fakes.calls('kubectl')).toHaveLength(calls.length);
});

test('a port-forward that is disposed of between two starts ends, and is not started again', async () => {
  const fakes = fakeCommands();
  fakes.add('kubectl', 'echo "Forwarding from 127.0.0.1:40123 -> 8443"');
  const forward = await forwardPort(fakes.$, { kubeconfig: '/k', context: 'c' }, 'n', 'svc/a', 443);
  fakes.add('kubectl', 'exec sleep 60');
  // The first has ended; the second is 300 ms away.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const started = performance.now();
  await forward[Symbol.asyncDispose]();
  expect(performance.now() - started).toBeLessThan(5000);
});

test('a port-forward that never listens is an error with what kubectl said', async () => {
  const fakes = fakeCommands();
  fakes.add('kubectl', 'echo "error: pod not found" >&2; exit 1');
  await expect(
    forwardPort(fakes.$, { kubeconfig: '/k', context: 'c' }, 'n', 'svc/a', 443),
  ).rejects.toThrow(/kubectl port-forward svc\/a: exit code 1\n {4}error: pod not found/);
});
