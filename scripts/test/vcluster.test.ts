import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quietShell } from '../lib/cli/shell.ts';
import { createVcluster } from '../lib/tools/vcluster.ts';
import { fakeCommands } from './fake-command.ts';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tenantry-vcluster-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** A vcluster that has a child, as it has Helm, which is through after a while. */
function create(interrupt: AbortSignal, kill?: AbortSignal) {
  const fakes = fakeCommands();
  const [begun, done] = [join(scratch, 'begun'), join(scratch, 'done')];
  fakes.add('vcluster', `(: >"${begun}"; sleep 2; : >"${done}") & wait $!`);
  const $ = quietShell({ env: { PATH: `${fakes.directory}:/usr/bin:/bin` }, signal: interrupt });
  const created = createVcluster(
    $,
    { kubeconfig: '/kubeconfig', context: 'kind-tenantry' },
    {
      name: 'tenant-alice',
      namespace: 'vcluster-tenant-alice',
      values: '/values',
      chartVersion: '0.36.0',
      chartDir: null,
      scratch,
      ...(kill !== undefined && { kill }),
    },
  );
  return { created, begun, done };
}

async function until(file: string): Promise<void> {
  while (!existsSync(file)) await sleep(20);
}

test('an interruption waits for what Helm has begun', async () => {
  const controller = new AbortController();
  const { created, begun, done } = create(controller.signal);
  await until(begun);
  controller.abort();
  await created;
  expect(existsSync(done)).toBe(true);
});

test('where it is to be ended, Helm ends with it', async () => {
  const controller = new AbortController();
  const { created, begun, done } = create(new AbortController().signal, controller.signal);
  await until(begun);
  controller.abort();
  await expect(created).rejects.toThrow(/vcluster create .*SIGTERM/);
  await sleep(2500);
  expect(existsSync(done)).toBe(false);
});
