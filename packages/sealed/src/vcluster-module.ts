import { vclusterVersions } from './tenant-versions.ts';
import { versions } from './versions.ts';

export const VCLUSTER_MODULE = 'github.com/loft-sh/vcluster';

/** What pins all that a Go module is compiled from. */
export interface ModuleFiles {
  readonly goMod: string;
  readonly goSum: string;
}

/**
 * The main module with another version of vcluster in it. All else stays as it is, so that what is
 * compiled already serves both. @throws where the version is not pinned
 */
export function vclusterModule({ goMod, goSum }: ModuleFiles, version: string): ModuleFiles {
  const sums = vclusterVersions[version];
  if (sums === undefined) throw new TypeError(`vcluster ${version} is not pinned`);
  const [before, after] = [
    `${VCLUSTER_MODULE} v${versions.vcluster}`,
    `${VCLUSTER_MODULE} v${version}`,
  ];
  const others = goSum.split('\n').filter((line) => !line.startsWith(before) && line !== '');
  const own = [`${after} ${sums.module}`, `${after}/go.mod ${sums.goMod}`];
  return {
    goMod: goMod.replace(before, after),
    goSum: `${[...others, ...own].sort().join('\n')}\n`,
  };
}
