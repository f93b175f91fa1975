/**
 * The one version table of the project: the images and tools that a host cluster and its tenants
 * run on, whichever way the cluster is made. A test holds it equal to `go.mod`.
 */
export const versions = {
  kubernetes: 'v1.36.3',
  vcluster: '0.36.0',
  kind: 'v0.33.0',
  /** Helm 3: version 4 applies on the server and then conflicts with a scaled StatefulSet. */
  helm: 'v3.22.0',
  /** The image tag kubeadm asks for. */
  etcd: '3.6.8-0',
  coredns: 'v1.14.2',
  pause: '3.10.2',
  containerd: 'v2.3.4',
  cniPlugins: 'v1.9.1',
  criTools: 'v1.36.0',
  kine: 'v0.14.10',
  kubeRouter: 'v2.2.1',
  localPathProvisioner: 'v0.0.30',
  sops: 'v3.13.3',
  debian: 'bookworm',
  node: '24',
} as const;

/** A Kubernetes minor that the project is tested on with an official kind node image. */
export type KubernetesMinor = keyof typeof kindNodeImages;

/** The official node images, by digest; a tag can be moved. */
export const kindNodeImages = {
  '1.35':
    'kindest/node:v1.35.5@sha256:ce977ae6d65918d0b58a5f8b5e940429c2ce42fa3a5619ec2bbc60b949c0ac95',
  '1.36':
    'kindest/node:v1.36.1@sha256:3489c7674813ba5d8b1a9977baea8a6e553784dab7b84759d1014dbd78f7ebd5',
  '1.37':
    'kindest/node:v1.37.0@sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5',
} as const;

/** The minor a cluster gets where none is asked for. */
export const defaultKubernetesMinor: KubernetesMinor = '1.36';

/** The images a tenant's `vcluster.yaml` names: the chart's own default is the paid build. */
export const tenantImages = {
  vcluster: { registry: 'ghcr.io', repository: 'loft-sh/vcluster-oss', tag: versions.vcluster },
  kubernetes: { registry: 'ghcr.io', repository: 'loft-sh/kubernetes', tag: versions.kubernetes },
} as const;
