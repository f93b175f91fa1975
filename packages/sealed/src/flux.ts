import type { GoBuild } from './go-tools.ts';
import { versions } from './versions.ts';

/** A part of Flux, or the registry that it reads from. */
export interface FluxImage {
  /** What its manifests call its image, without a tag; its last part is the binary. */
  readonly image: string;
  readonly module: string;
  readonly version: string;
  /** What is compiled: the module's own command, or one of ours. */
  readonly package: string;
  /** The public image. */
  readonly published: string;
}

const controller = (name: string, version: string): FluxImage => {
  const module = `github.com/fluxcd/${name}`;
  const image = `fluxcd/${name}`;
  return { image, module, version, package: module, published: `ghcr.io/${image}:${version}` };
};

/** The parts of Flux that take the place of `pnpm deploy`. */
export const fluxControllers: readonly FluxImage[] = [
  controller('source-controller', 'v1.9.6'),
  controller('kustomize-controller', 'v1.9.6'),
  controller('helm-controller', 'v1.6.1'),
];

const registry: FluxImage = {
  image: 'registry',
  module: 'github.com/distribution/distribution/v3',
  version: 'v3.1.2',
  package: './registry',
  published: 'docker.io/library/registry:3.1.2',
};

/** What our own kind cluster is given: Flux, and an OCI registry that it reads from. */
export const fluxImages: readonly FluxImage[] = [...fluxControllers, registry];

/** With which Flux ends the pods of a tenant that is paused. */
export const kubectlImage = `registry.k8s.io/kubectl:${versions.kubernetes}`;

export const fluxBuild: GoBuild = {
  title: 'Flux and a registry',
  queue: 'main',
  directory: 'flux',
  cgo: false,
  tags: [],
  ldflags: ['-s', '-w', `-X ${registry.module}/version.version=${registry.version}`],
  tools: fluxImages.map((part) => ({ package: part.package })),
};
