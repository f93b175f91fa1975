import { KUBERNETES_TAG, minorSteps } from '@tenantry/plan';
import { valueAt } from '@tenantry/tenants';
import { load } from 'js-yaml';

/** Texts by path; null for what is no plain file. */
type Files = ReadonlyMap<string, string | null>;

/** What becomes of a tenant's versions, a text each. */
export interface VersionSteps {
  /** The minors of vcluster and Kubernetes that are skipped. */
  readonly skipped: readonly string[];
  readonly changed: readonly string[];
}

/** What a tenant's new files make of the versions that its old ones say. */
export function versionSteps(before: Files, after: Files): VersionSteps {
  const [was, is] = [versionsIn(before), versionsIn(after)];
  return {
    skipped: [
      minorSteps('vcluster', was.vcluster, is.vcluster),
      minorSteps('Kubernetes', was.kubernetes, is.kubernetes),
    ].flatMap(({ skipped }) => skipped),
    changed: (['vcluster', 'kubernetes'] as const).flatMap((name) =>
      was[name] === undefined || was[name] === is[name]
        ? []
        : [`${name} ${String(was[name])} → ${String(is[name])}`],
    ),
  };
}

/** A file that somebody has damaged says nothing: synth makes it anew, and deploy knows what lives. */
function versionsIn(files: Files) {
  return {
    vcluster: valueAt(parsed(files.get('tenant.json')), ['chartVersion']),
    kubernetes: valueAt(parsed(files.get('vcluster.yaml')), KUBERNETES_TAG),
  };
}

function parsed(text: string | null | undefined): unknown {
  try {
    return load(text ?? '', { maxAliases: 0 });
  } catch {
    return undefined;
  }
}
