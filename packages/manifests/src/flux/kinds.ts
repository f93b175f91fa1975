import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type { HelmReleaseSpec } from '../generated/helmrelease.ts';
import type { KustomizationSpec } from '../generated/kustomization.ts';
import type { OCIRepositorySpec } from '../generated/ocirepository.ts';

interface Props<Spec> {
  readonly metadata: ApiObjectMetadata;
  readonly spec: Spec;
}

/** Where Flux pulls from. */
export class OCIRepository extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<OCIRepositorySpec>) {
    super(scope, id, {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'OCIRepository',
      ...props,
    });
  }
}

/** A directory of a source that Flux applies. */
export class Kustomization extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<KustomizationSpec>) {
    super(scope, id, {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      ...props,
    });
  }
}

export const HELM_API_VERSION = 'helm.toolkit.fluxcd.io/v2';

/** A chart that Flux installs. */
export class HelmRelease extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<HelmReleaseSpec>) {
    super(scope, id, { apiVersion: HELM_API_VERSION, kind: 'HelmRelease', ...props });
  }
}
