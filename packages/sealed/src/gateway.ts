import type { GoBuild } from './go-tools.ts';

/** A module that is compiled from a copy without some of its directories' files. */
export interface CutModule {
  readonly module: string;
  readonly version: string;
  /** What `replace` in go.mod calls the copy; what stands for what was cut is in `stubs/` under that name. */
  readonly as: string;
  readonly without: readonly string[];
}

/** The Gateway API implementation that our own kind cluster can be given. */
export const gatewayVersions = { traefik: 'v3.6.12', gatewayApi: 'v1.4.1' } as const;

/** What is needed for a Gateway with a certificate of its own takes half the time to compile. */
export const cutModules: readonly CutModule[] = [
  {
    module: 'github.com/go-acme/lego/v4',
    version: 'v4.33.0',
    as: 'lego',
    without: ['providers/dns'],
  },
  {
    module: 'github.com/traefik/yaegi',
    version: 'v0.16.1',
    as: 'yaegi',
    without: ['stdlib/*.go', 'stdlib/syscall', 'stdlib/unrestricted', 'stdlib/unsafe'],
  },
];

export const gatewayBuild: GoBuild = {
  title: 'Traefik',
  queue: 'main',
  directory: 'gateway',
  cgo: false,
  tags: [],
  ldflags: [
    '-s',
    '-w',
    `-X github.com/traefik/traefik/v3/pkg/version.Version=${gatewayVersions.traefik}`,
  ],
  tools: [{ package: 'github.com/traefik/traefik/v3/cmd/traefik' }],
};
