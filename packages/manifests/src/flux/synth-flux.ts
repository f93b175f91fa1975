import {
  type Fleet,
  type Flux,
  FLUX_DIRECTORY,
  FLUX_NAMESPACE,
  fluxValues,
  HOST_DIRECTORY,
  HOSTS_DIRECTORY,
  type Tenant,
} from '@tenantry/tenants';
import { objectsOf } from '../manifest-object.ts';
import { memo } from '../memo.ts';
import type { Pins } from '../pins.ts';
import { ANY_ID, type FileTemplate, fileTemplate, fileTemplates, filled } from '../templates.ts';
import { fileName, filesOf, inDirectory, type Tree } from '../tree.ts';
import { FluxHostApp } from './host-app.ts';
import { FluxTenantApp } from './tenant-app.ts';

/** Kubernetes' own image; the version is that of the host's API server or one minor beside it. */
const KUBECTL = 'registry.k8s.io/kubectl';

type FluxPins = Pick<Pins, 'vcluster' | 'kubernetes'>;

/**
 * The files of dist/_flux, for each host that Flux is set up for; of several hosts each has a
 * directory, so that one Flux reads what is its own. `withSecrets` are the ids of tenants that have
 * Secrets in secrets/.
 */
export function synthesizeFlux(
  { hosts, tenants }: Pick<Fleet, 'hosts' | 'tenants'>,
  pins: FluxPins,
  withSecrets: ReadonlySet<string>,
): Tree {
  const isOnly = hosts.length === 1;
  return new Map(
    hosts.flatMap((host) => {
      if (host.flux === null) return [];
      const directories = {
        hostWide: isOnly ? HOST_DIRECTORY : `${HOSTS_DIRECTORY}/${host.name}`,
        flux: isOnly ? FLUX_DIRECTORY : `${FLUX_DIRECTORY}/${host.name}`,
      };
      const here = tenants.filter((tenant) => tenant.host === host);
      const files = hostFiles(host.flux, directories, here, pins, withSecrets);
      return [...(isOnly ? files : inDirectory(host.name, files))];
    }),
  );
}

function hostFiles(
  flux: Flux,
  directories: { readonly hostWide: string; readonly flux: string },
  tenants: readonly Tenant[],
  pins: FluxPins,
  withSecrets: ReadonlySet<string>,
): Tree {
  const shared = { flux, chartVersion: pins.vcluster, directory: directories.flux };
  const kubectl = `${KUBECTL}:${pins.kubernetes}`;
  // Tenants differ in nothing but their id, and in these two.
  const templates = memo((key: string) => {
    const { state, hasSecrets } = JSON.parse(key) as Kind;
    return tenantTemplates({ ...shared, kubectl, state, hasSecrets });
  });
  return new Map([
    ...filesOf('', objectsOf(new FluxHostApp({ ...shared, directories }).chart)),
    ...tenants.flatMap(({ id, state }) => {
      const kind: Kind = { state, hasSecrets: withSecrets.has(id) };
      return [...inDirectory(id, filled(templates(JSON.stringify(kind)), id))];
    }),
  ]);
}

interface Kind extends Pick<Tenant, 'state'> {
  readonly hasSecrets: boolean;
}

interface TemplateProps extends Kind {
  readonly flux: Flux;
  readonly chartVersion: string;
  readonly kubectl: string;
  /** Of all that Flux on the host reads, within dist/. */
  readonly directory: string;
}

function tenantTemplates({
  state,
  hasSecrets,
  directory,
  ...rest
}: TemplateProps): readonly FileTemplate[] {
  const own = `${directory}/${ANY_ID}`;
  // From a directory below `own` up to dist/.
  const up = '../'.repeat(own.split('/').length + 1);
  const app = new FluxTenantApp({
    ...rest,
    tenant: { id: ANY_ID, state },
    directory: own,
    secrets: hasSecrets ? `../../${own}/secrets` : null,
  });
  const [tenant, vcluster] = [objectsOf(app.tenant), objectsOf(app.vcluster)];
  return [
    fileTemplate('kustomization.yaml', kustomization({ resources: tenant.map(fileName) })),
    ...fileTemplates('', tenant),
    fileTemplate(
      'vcluster/kustomization.yaml',
      kustomization({
        resources: vcluster.map(fileName),
        configMapGenerator: [
          {
            name: fluxValues(ANY_ID),
            namespace: FLUX_NAMESPACE,
            files: [`values.yaml=${up}${ANY_ID}/vcluster.yaml`],
            options: {
              disableNameSuffixHash: true,
              // The release is upgraded as soon as they change.
              labels: { 'reconcile.fluxcd.io/watch': 'Enabled' },
            },
          },
        ],
      }),
    ),
    ...fileTemplates('vcluster/', vcluster),
    ...(hasSecrets
      ? [
          fileTemplate('secrets/kustomization.yaml', {
            apiVersion: 'kustomize.config.k8s.io/v1alpha1',
            kind: 'Component',
            resources: [`${up}../secrets/${ANY_ID}.yaml`],
          }),
        ]
      : []),
    ...fileTemplates('pause/', objectsOf(app.pause)),
  ];
}

/** What kustomize reads in a directory, in place of all files that it finds there. */
function kustomization(content: object): object {
  return { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...content };
}
