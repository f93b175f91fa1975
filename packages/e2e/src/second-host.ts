import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { cluster, pnpmOk, toolPath } from './tenantry.ts';

/** Another kind cluster on this machine, which is a host as any other of a user's. */
export interface SecondHost {
  readonly context: string;
  /** Its node, which is a container. */
  readonly node: string;
  readonly kubeconfig: string;
  /** The flags with which kubectl reaches it and nothing else. */
  readonly reach: readonly string[];
  /** kubectl on it. */
  readonly kubectl: (args: readonly string[]) => Promise<string>;
  remove(): Promise<void>;
}

/** Makes a second cluster, from a directory of its own. */
export async function makeSecondHost(): Promise<SecondHost> {
  const dir = mkdtempSync(join(tmpdir(), 'tenantry-e2e-host-'));
  const name = `${cluster}-2`;
  const env = { TENANTRY_DIR: dir, TENANTRY_CLUSTER: name };
  const context = `kind-${name}`;
  const kubeconfig = join(dir, '.tenantry/kubeconfig');
  const reach = ['--kubeconfig', kubeconfig, '--context', context];
  await pnpmOk(['cluster'], { env });
  return {
    context,
    node: `${name}-control-plane`,
    kubeconfig,
    reach,
    kubectl: async (args) => {
      const { stdout } = await execa('kubectl', [...reach, ...args], {
        env: { PATH: toolPath() },
        stdin: 'ignore',
      });
      return stdout;
    },
    async remove() {
      await pnpmOk(['destroy', '--confirm', name], { env });
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
