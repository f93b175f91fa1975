import { hostNamespace } from '@tenantry/tenants';
import type { HostManifest } from '@tenantry/manifests';
import { Fault, messageOf } from '../cli/errors.ts';
import type { Workspace } from '../cli/workspace.ts';
import { lookAtHost } from '../cluster/look-host.ts';
import { readNamespace } from '../kube/namespaces.ts';

/**
 * Asks the other hosts whether a tenant that is to be made lives there: that it has another host in
 * dist/ moves nothing. @throws Fault where it does, or where one of them does not say
 */
export async function mustNotLiveElsewhere(
  workspace: Workspace,
  others: readonly HostManifest[],
  id: string,
): Promise<void> {
  const what = `${id} was not made`;
  await Promise.all(
    others.map(async ({ name, context }) => {
      let lives: boolean;
      try {
        using client = await lookAtHost(workspace, context);
        lives = (await readNamespace(client, hostNamespace(id))) !== null;
      } catch (error) {
        throw new Fault({
          what,
          why: `whether it lives on ${name} already, is not known: ${messageOf(error)}`,
          todo: `wait until ${name} answers; where it is gone for good, take it out of tenants.json`,
        });
      }
      if (lives) {
        throw new Fault({
          what,
          why: `it lives on ${name}, with its data, and dist/ has it on another host`,
          todo: `set its host back to ${name} in tenants.json, run pnpm synth, then pnpm move it`,
        });
      }
    }),
  );
}
