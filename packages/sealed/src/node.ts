/** The Debian packages of the node's root file system, beside debootstrap's minimal base. */
export const nodePackages: readonly string[] = [
  // what boots it
  'systemd',
  'systemd-sysv',
  // what Kubernetes components call
  'conntrack',
  'ethtool',
  'iproute2',
  'ipset',
  'iptables',
  'kmod',
  'mount',
  'nftables',
  'runc',
  'util-linux',
  // what kind's entrypoint and hooks call
  'bash',
  'ca-certificates',
  'jq',
  'libseccomp2',
  'procps',
  // what images are made of
  'busybox',
  'catatonit',
  'libstdc++6',
];

/** Units that Debian enables and that have no place in a container, as kind's own image build has it. */
export const disabledUnits: readonly string[] = [
  'lib/systemd/system/multi-user.target.wants/*',
  'lib/systemd/system/local-fs.target.wants/*',
  'lib/systemd/system/basic.target.wants/*',
  'lib/systemd/system/sockets.target.wants/*udev*',
  'lib/systemd/system/sockets.target.wants/*initctl*',
  'lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service',
  'etc/systemd/system/*.wants/*',
];
export const enabledUnits: readonly string[] = [
  'kubelet.service',
  'containerd.service',
  'undo-mount-hacks.service',
];
/** It would register formats with the kernel that all containers share. */
export const maskedUnits: readonly string[] = ['systemd-binfmt.service'];

/** Binary → directory on the node. */
export const nodeBinaries: Readonly<Record<string, readonly string[]>> = {
  'usr/local/bin': ['containerd', 'containerd-shim-runc-v2', 'crictl', 'ctr'],
  'usr/bin': ['kubeadm', 'kubectl', 'kubelet'],
  'opt/cni/bin': ['host-local', 'loopback', 'portmap', 'ptp', 'tuning'],
};

/** How kind starts a node: systemd ends on SIGRTMIN+3 and looks for `container`. */
export const nodeConfig = {
  Env: ['container=docker'],
  Entrypoint: ['/usr/local/bin/entrypoint', '/sbin/init'],
  StopSignal: 'SIGRTMIN+3',
} as const;

/** The limits kind recommends for many clusters on a node: every kubelet, API server and pod watches files. */
export const inotifyLimits = {
  'fs.inotify.max_user_instances': 512,
  'fs.inotify.max_user_watches': 524_288,
} as const;
