import type { Report } from '../cli/report.ts';
import type { Workspace } from '../cli/workspace.ts';
import type { Host } from '../cluster/host.ts';
import { ensureImage } from '../cluster/service-image.ts';
import { imageTag } from '../dist/image-tag.ts';
import { readFleet } from '../dist/tenants-file.ts';

/** Where its Dockerfile is, from the root of the repository. */
export const PROBE_DIRECTORY = 'packages/isolation/probe';

/**
 * Sees to it that the host can start verify's own image, and says what it is called there. What
 * is no kind cluster of this machine pulls it from a path below the service image's repository.
 */
export async function ensureProbeImage(
  host: Host,
  workspace: Workspace,
  report: Report,
): Promise<string> {
  const repository =
    host.kindCluster === null ? readFleet(workspace.tenantsFile).imageRepository : 'tenantry';
  const reference = `${repository}/probe:${imageTag(workspace.root, PROBE_DIRECTORY)}`;
  await ensureImage(host, { reference, directory: PROBE_DIRECTORY }, workspace, report);
  return reference;
}
