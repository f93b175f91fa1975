import { versions } from './versions.ts';

/** One `go install` run: a module, how it is linked, and what comes out of it. */
export interface GoBuild {
  readonly title: string;
  /**
   * Builds of one queue run one after another: Go processes that compile the same packages at the
   * same time compile them twice.
   */
  readonly queue: 'main' | 'runtime' | 'cgo';
  /** The module's directory, relative to this package. */
  readonly directory: string;
  readonly cgo: boolean;
  readonly tags: readonly string[];
  readonly ldflags: readonly string[];
  readonly tools: readonly GoTool[];
}

export interface GoTool {
  /** The import path, or `./…` for a command of our own. */
  readonly package: string;
  /** The file name it gets, where it differs from the one `go install` chooses. */
  readonly as?: string;
}

/** The file name of a tool: the last element of its import path that is not a major version. */
export function toolName(tool: GoTool): string {
  return tool.as ?? installedName(tool);
}

/** The file name that `go install` gives a tool. */
export function installedName(tool: GoTool): string {
  const parts = tool.package.split('/').filter((part) => !/^v\d+$/.test(part));
  return parts.at(-1) ?? tool.package;
}

const kubernetesMinor = versions.kubernetes.split('.')[1] ?? '';

const stripped = ['-s', '-w'];

/** What the projects' own release builds set; without it they call themselves v0.0.0. */
const stampsWith = (vcluster: string): readonly string[] => [
  ...['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
    `-X ${path}.gitVersion=${versions.kubernetes}`,
    `-X ${path}.gitMajor=1`,
    `-X ${path}.gitMinor=${kubernetesMinor}`,
    `-X ${path}.gitTreeState=clean`,
  ]),
  `-X main.version=${vcluster}`,
  `-X github.com/loft-sh/vcluster/pkg/telemetry.SyncerVersion=${vcluster}`,
  `-X helm.sh/helm/v3/internal/version.version=${versions.helm}`,
  `-X github.com/containerd/containerd/v2/version.Version=${versions.containerd.slice(1)}`,
  `-X github.com/cloudnativelabs/kube-router/v2/pkg/version.Version=${versions.kubeRouter}`,
];

const main = {
  queue: 'main',
  directory: '.',
  cgo: false,
  tags: [],
  ldflags: [...stripped, ...stampsWith(versions.vcluster)],
} as const;

/** What the machine itself runs. */
export const hostTools: readonly GoBuild[] = [
  {
    ...main,
    title: 'kind, kubectl, helm, vcluster',
    tools: [
      { package: 'sigs.k8s.io/kind' },
      { package: 'k8s.io/kubernetes/cmd/kubectl' },
      { package: 'helm.sh/helm/v3/cmd/helm' },
      { package: 'github.com/loft-sh/vcluster/cmd/vclusterctl', as: 'vcluster' },
    ],
  },
];

/** What reads and writes the files in secrets/; a module of its own, since it brings four clouds' libraries. */
export const secretsTools: readonly GoBuild[] = [
  {
    ...main,
    title: 'sops',
    directory: 'sops',
    ldflags: stripped,
    tools: [{ package: 'github.com/getsops/sops/v3/cmd/sops' }],
  },
];

/** What pretends nodes and pods for a bench; a module of its own, with an older client library. */
export const kwokTools: readonly GoBuild[] = [
  {
    ...main,
    title: 'kwok',
    directory: 'kwok',
    ldflags: stripped,
    tools: [{ package: 'sigs.k8s.io/kwok/cmd/kwok' }],
  },
];

/** What Docker needs where the host may not grant CAP_SYS_RESOURCE. */
export const runtimeTools: readonly GoBuild[] = [
  { ...main, queue: 'runtime', title: 'runc wrapper', tools: [{ package: './runc-capped' }] },
];

/** What runs on the node and in its containers, beside the machine's kubectl. */
export const nodeTools: readonly GoBuild[] = [
  {
    ...main,
    title: 'Kubernetes, vcluster, etcd, containerd, CoreDNS, kube-router',
    tools: [
      { package: 'k8s.io/kubernetes/cmd/kubeadm' },
      { package: 'k8s.io/kubernetes/cmd/kubelet' },
      { package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
      { package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
      { package: 'k8s.io/kubernetes/cmd/kube-proxy' },
      { package: 'k8s.io/kubernetes/cmd/kube-scheduler' },
      { package: 'github.com/loft-sh/vcluster/cmd/vcluster' },
      { package: 'go.etcd.io/etcd/server/v3', as: 'etcd' },
      { package: 'github.com/containerd/containerd/v2/cmd/containerd' },
      { package: 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2' },
      { package: 'github.com/containerd/containerd/v2/cmd/ctr' },
      { package: 'sigs.k8s.io/cri-tools/cmd/crictl' },
      { package: 'github.com/containernetworking/plugins/plugins/ipam/host-local' },
      { package: 'github.com/containernetworking/plugins/plugins/main/loopback' },
      { package: 'github.com/containernetworking/plugins/plugins/main/ptp' },
      { package: 'github.com/containernetworking/plugins/plugins/meta/portmap' },
      { package: 'github.com/containernetworking/plugins/plugins/meta/tuning' },
      { package: 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router' },
      { package: './coredns' },
    ],
  },
  {
    // Its SQLite driver is C; linked statically it runs in any image.
    title: 'kine',
    queue: 'cgo',
    directory: '.',
    cgo: true,
    tags: ['netgo', 'osusergo'],
    ldflags: [...stripped, '-extldflags=-static'],
    tools: [{ package: 'github.com/k3s-io/kine' }],
  },
  {
    // A module of its own: it imports logrus under a spelling that the main module cannot hold.
    title: 'local-path-provisioner',
    queue: 'main',
    directory: 'local-path',
    cgo: false,
    tags: [],
    ldflags: [...stripped, `-X main.VERSION=${versions.localPathProvisioner}`],
    tools: [{ package: 'github.com/rancher/local-path-provisioner' }],
  },
];

/** The control plane of one vcluster version, to be compiled from the main module with that version in it. */
export function vclusterBuild(version: string): GoBuild {
  return {
    ...main,
    title: `vcluster ${version}`,
    ldflags: [...stripped, ...stampsWith(version)],
    tools: [{ package: 'github.com/loft-sh/vcluster/cmd/vcluster' }],
  };
}
