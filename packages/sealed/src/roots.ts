/**
 * A small root file system, cut out of the node's: the files of some of its Debian packages, so
 * that everything comes from one debootstrap.
 */
export interface Root {
  readonly packages: readonly string[];
  /** Files that a package's installation made, which are in no package's list. */
  readonly paths: readonly string[];
  /** Link path → target. */
  readonly links: Readonly<Record<string, string>>;
}

export type RootName = 'shell' | 'netfilter' | 'service' | 'service-build';

const certificates = 'etc/ssl/certs/ca-certificates.crt';
const cxxRuntime = ['libc6', 'libgcc-s1', 'libstdc++6', 'zlib1g'];

const applets = (
  'sh cat chmod chown cp date df du echo env false find grep head hostname id ip kill less ln ls ' +
  'mkdir mktemp mount mv nc netstat nslookup ping ps pwd rm rmdir sed sleep sort stat tail tar ' +
  'tee test timeout touch tr true umount uname vi wc wget which xargs'
).split(' ');

const iptables = ['iptables', 'ip6tables'].flatMap((name) => [
  name,
  `${name}-save`,
  `${name}-restore`,
]);

export const roots: Readonly<Record<RootName, Root>> = {
  /** A shell and certificates, for what is debugged or scripted from the inside. */
  shell: {
    // Not the static one: glibc looks names up with libraries that it loads.
    packages: ['busybox', 'libc6'],
    paths: [certificates],
    links: Object.fromEntries(applets.map((name) => [`usr/bin/${name}`, 'busybox'])),
  },
  /** The programs kube-proxy and kube-router call. */
  netfilter: {
    packages: [
      'libc6',
      'iptables',
      'ipset',
      'conntrack',
      'kmod',
      'libxtables12',
      'libip4tc2',
      'libip6tc2',
      'libnftnl11',
      'libmnl0',
      'libnfnetlink0',
      'libnetfilter-conntrack3',
      'libipset13',
      'libkmod2',
      'liblzma5',
      'libzstd1',
      'libssl3',
    ],
    paths: [],
    // Debian's alternatives system makes these when it configures the package.
    links: Object.fromEntries(iptables.map((name) => [`usr/sbin/${name}`, 'xtables-nft-multi'])),
  },
  /** What Node needs and nothing else. */
  service: { packages: cxxRuntime, paths: [certificates], links: {} },
  /** With the commands the service's Dockerfile runs. */
  'service-build': {
    packages: [
      ...cxxRuntime,
      'dash',
      'coreutils',
      'findutils',
      'libacl1',
      'libattr1',
      'libgmp10',
      'libpcre2-8-0',
      'libselinux1',
    ],
    paths: [certificates],
    links: {},
  },
};

/** In every root: the directories of a merged /usr, and users that exist by name. */
export const commonLinks = { bin: 'usr/bin', lib: 'usr/lib', lib64: 'usr/lib64', sbin: 'usr/sbin' };
export const commonFiles = {
  'etc/passwd':
    'root:x:0:0:root:/root:/sbin/nologin\n' +
    'nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n' +
    'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
  'etc/group': 'root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n',
  'etc/nsswitch.conf': 'hosts: files dns\n',
};
/** Directories of /usr/share that are of no use in an image. */
export const unneededShares = ['bug', 'doc', 'doc-base', 'info', 'lintian', 'locale', 'man'];
