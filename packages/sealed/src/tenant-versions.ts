import { versions } from './versions.ts';

/** What Go knows a module by: a sum of its files, and one of its go.mod. */
export interface ModuleSums {
  readonly module: string;
  readonly goMod: string;
}

/** The vcluster versions that tenants may have. Control plane and chart come out of one Go module. */
export const vclusterVersions: Readonly<Record<string, ModuleSums>> = {
  '0.36.0': {
    module: 'h1:XieyXU/HYnWvIWlmYCiSkJtSIU4vhjbYNpMSRjrhgBk=',
    goMod: 'h1:WwNCsA9zRiToDxf+gdKd1l1ZQeAFyotyH2x7vDKBjNo=',
  },
  '0.36.1': {
    module: 'h1:D9ReyGQVGa566GEsMm3hKIpXDSI49KXEsVH8fCkXr9o=',
    goMod: 'h1:WwNCsA9zRiToDxf+gdKd1l1ZQeAFyotyH2x7vDKBjNo=',
  },
};

/**
 * The Kubernetes versions that tenants may have, each with whether its image is built where there is no
 * container registry. The others are pulled; vcluster names them (its config/default_extra_values.go).
 */
export const kubernetesVersions: Readonly<Record<string, { readonly isBuilt: boolean }>> = {
  '1.35.0': { isBuilt: false },
  '1.36.3': { isBuilt: true },
};

/** What a tenant has where neither it nor its plan says; Kubernetes without its `v`. */
export const defaultVersions = {
  vcluster: versions.vcluster,
  kubernetes: versions.kubernetes.replace(/^v/, ''),
} as const;
