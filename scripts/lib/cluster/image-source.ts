import {
  defaultKubernetesMinor,
  kindNodeImages,
  type KubernetesMinor,
} from '@tenantry/sealed/versions';
import { booleanVariable } from '../cli/boolean.ts';
import { dockerFailure, hasImage, registryHas } from '../tools/docker.ts';
import { UsageError } from '../cli/errors.ts';
import { CommandError, type Shell } from '../cli/shell.ts';

/** How a cluster is come by: with the official images, or with what we build where none can be had. */
export interface Way {
  readonly sealed: boolean;
  readonly why: string;
}

/** Decides by looking; TENANTRY_SEALED, a boolean, forces it. @throws UsageError */
export async function chooseWay($: Shell, forced = process.env['TENANTRY_SEALED']): Promise<Way> {
  const sealed = booleanVariable('TENANTRY_SEALED', forced);
  if (sealed !== null) return { sealed, why: `TENANTRY_SEALED=${forced}` };
  const failure = await dockerFailure($);
  if (failure !== null) return { sealed: true, why: `no Docker engine answers${said(failure)}` };
  const image = officialNodeImage();
  if (await hasImage($, image)) return { sealed: false, why: 'the official node image is here' };
  try {
    return (await registryHas($, image))
      ? { sealed: false, why: 'Docker and a registry answer' }
      : { sealed: true, why: 'the registry lacks the official node image' };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { sealed: true, why: `no container registry answers${said(error)}` };
  }
}

/** The last thing that a command said, in so far as it said anything. */
function said({ stderr }: CommandError): string {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return last === '' ? '' : `: ${last}`;
}

/** The official node image; TENANTRY_KUBERNETES chooses the minor. @throws UsageError */
export function officialNodeImage(
  minor: string = process.env['TENANTRY_KUBERNETES'] ?? '',
): string {
  const wanted = minor === '' ? defaultKubernetesMinor : minor;
  if (!Object.hasOwn(kindNodeImages, wanted)) {
    throw new UsageError(
      `TENANTRY_KUBERNETES is ${JSON.stringify(minor)}\n  → allowed: ${Object.keys(kindNodeImages).join(', ')}`,
    );
  }
  return kindNodeImages[wanted as KubernetesMinor];
}
