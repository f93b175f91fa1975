import type { RootName } from './roots.ts';
import { tenantImages, versions } from './versions.ts';

/** One file system layer: a small root, or a binary at one or more paths. */
export type Layer =
  | { readonly root: RootName }
  | { readonly binary: string; readonly at: readonly [string, ...string[]] };

/** An image as data; its layers are shared between images, on disk and in the node. */
export interface Image {
  /** Every full reference it answers to. */
  readonly tags: readonly string[];
  readonly layers: readonly Layer[];
  readonly entrypoint?: readonly string[];
}

const path = (name: string): string => `usr/local/bin/${name}`;
const shell: Layer = { root: 'shell' };
const netfilter: Layer = { root: 'netfilter' };

// The tenants' control planes run the same binaries as the host's: one layer, two paths.
const apiServer: Layer = {
  binary: 'kube-apiserver',
  at: [path('kube-apiserver'), 'kubernetes/kube-apiserver'],
};
const controllerManager: Layer = {
  binary: 'kube-controller-manager',
  at: [path('kube-controller-manager'), 'kubernetes/kube-controller-manager'],
};

const reference = (image: { registry: string; repository: string; tag: string }): string =>
  `${image.registry}/${image.repository}:${image.tag}`;

function component(name: string, ...layers: readonly Layer[]): Image {
  return { tags: [`registry.k8s.io/${name}:${versions.kubernetes}`], layers };
}

function binary(name: string, at = path(name)): Layer {
  return { binary: name, at: [at] };
}

export const localPathImage = `docker.io/kindest/local-path-provisioner:${versions.localPathProvisioner}`;
export const localPathHelperImage = `docker.io/kindest/local-path-helper:${versions.localPathProvisioner}`;
export const kubeRouterImage = `docker.io/cloudnativelabs/kube-router:${versions.kubeRouter}`;

/** Every image the node carries: nothing is ever pulled. */
export const nodeImages: readonly Image[] = [
  component('kube-apiserver', apiServer),
  component('kube-controller-manager', controllerManager),
  component('kube-scheduler', binary('kube-scheduler')),
  component('kube-proxy', netfilter, binary('kube-proxy')),
  { tags: [`registry.k8s.io/etcd:${versions.etcd}`], layers: [binary('etcd')] },
  {
    // The host's DNS by kubeadm's name, the tenants' by vcluster's.
    tags: [
      `registry.k8s.io/coredns/coredns:${versions.coredns}`,
      `docker.io/coredns/coredns:${versions.coredns.slice(1)}`,
    ],
    layers: [binary('coredns', 'coredns')],
    entrypoint: ['/coredns'],
  },
  {
    tags: [`registry.k8s.io/pause:${versions.pause}`],
    layers: [binary('catatonit', 'pause')],
    entrypoint: ['/pause', '-P'],
  },
  { tags: [localPathImage], layers: [binary('local-path-provisioner')] },
  { tags: [localPathHelperImage], layers: [shell] },
  { tags: [kubeRouterImage], layers: [netfilter, binary('kube-router')] },
  {
    tags: [reference(tenantImages.kubernetes)],
    // First what another image begins with: unpacked, only common beginnings are shared.
    layers: [apiServer, controllerManager, { binary: 'kine', at: ['kubernetes/kine'] }, shell],
  },
  vclusterImage(versions.vcluster),
];

/** What runs a tenant's control plane, of one vcluster version. */
export function vclusterImage(version: string): Image {
  return {
    tags: [reference({ ...tenantImages.vcluster, tag: version })],
    layers: [shell, binary('vcluster', 'vcluster')],
    entrypoint: ['/vcluster', 'start'],
  };
}

/** The PATH of every image. */
export const imagePath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
