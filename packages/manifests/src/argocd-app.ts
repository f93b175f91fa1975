import {
  type ArgoCd,
  type Fleet,
  type Host,
  HOST_DIRECTORY,
  HOSTS_DIRECTORY,
  hostNamespace,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  tenantContext,
  vclusterName,
} from '@tenantry/tenants';
import { ApiObject, App, Chart } from 'cdk8s';
import type { ApplicationSetSpec } from './generated/applicationset.ts';
import { objectsOf } from './manifest-object.ts';
import { filesOf, type Tree } from './tree.ts';

const NAMESPACE = 'argocd';

/** Where the chart is published. */
const CHART_REPOSITORY = 'https://charts.loft.sh';

const NOT_TRIED = `# Fits the schema of its CustomResourceDefinition. No Argo CD has applied it: try it where nothing can be lost.
# It reads no secrets/, and leaves the pods of a tenant that is paused.
`;

/** A value of a tenant.json in Argo CD's templates. */
const ID = '{{.id}}';

/** The files of dist/_argocd; none where nobody says in which repository it lies. */
export function synthesizeArgoCd({ argocd, hosts }: Pick<Fleet, 'argocd' | 'hosts'>): Tree {
  if (argocd === null) return new Map();
  const files = filesOf('', objectsOf(new ArgoCdApp({ argocd, hosts }).chart));
  return new Map([...files].map(([path, text]) => [path, NOT_TRIED + text]));
}

interface ArgoCdAppProps {
  readonly argocd: ArgoCd;
  readonly hosts: readonly Host[];
}

type Generator = ApplicationSetSpec['generators'][number];
type Application = ApplicationSetSpec['template'];

/**
 * ApplicationSets over the same directories as Flux reads. Clusters are known to Argo CD by the names
 * of their contexts, as `argocd cluster add` calls them.
 */
class ArgoCdApp extends App {
  readonly chart: Chart;

  constructor({ argocd, hosts }: ArgoCdAppProps) {
    super();
    this.chart = new Chart(this, 'argocd', { disableResourceNameHashes: true });
    const { repository: repoURL, revision } = argocd;
    const git = { repoURL, targetRevision: revision };
    const tenants = { repoURL, revision, files: [{ path: 'dist/*/tenant.json' }] };
    const directory = (path: string) => ({ ...git, path });
    const isOnly = hosts.length === 1;

    this.#set('tenantry-hosts', {
      generators: [
        {
          list: {
            elements: hosts.map(({ name, context }) => ({
              name,
              context,
              directory: isOnly ? HOST_DIRECTORY : `${HOSTS_DIRECTORY}/${name}`,
            })),
          },
        },
      ],
      application: {
        name: 'tenantry-{{.name}}',
        destination: { name: '{{.context}}' },
        sources: [directory('dist/{{.directory}}')],
      },
    });
    this.#set('tenantry-tenants', {
      generators: [{ git: tenants }],
      application: {
        name: vclusterName(ID),
        destination: { name: '{{.hostContext}}', namespace: hostNamespace(ID) },
        sources: [
          directory(`dist/${ID}/host`),
          { ...git, ref: 'values' },
          {
            repoURL: CHART_REPOSITORY,
            chart: 'vcluster',
            targetRevision: '{{.chartVersion}}',
            helm: {
              releaseName: vclusterName(ID),
              valueFiles: [`$values/dist/${ID}/vcluster.yaml`],
            },
          },
        ],
      },
    });
    // A control plane that is held paused cannot be asked.
    this.#set('tenantry-virtual', {
      generators: [{ git: tenants, selector: { matchLabels: { state: 'active' } } }],
      application: {
        name: `${vclusterName(ID)}-virtual`,
        destination: { name: tenantContext(ID, '{{.hostContext}}') },
        sources: [directory(`dist/${ID}/virtual`)],
      },
    });
  }

  #set(
    name: string,
    {
      generators,
      application,
    }: {
      readonly generators: readonly Generator[];
      readonly application: Pick<Application['spec'], 'destination' | 'sources'> & {
        readonly name: string;
      };
    },
  ): void {
    const { name: of, ...rest } = application;
    const labels = { [MANAGED_BY_LABEL]: MANAGED_BY };
    const spec: ApplicationSetSpec = {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [...generators],
      // What leaves dist/ is said, and left alone.
      syncPolicy: { preserveResourcesOnDeletion: true, applicationsSync: 'create-update' },
      template: {
        metadata: { name: of, labels },
        spec: {
          project: 'default',
          ...rest,
          syncPolicy: {
            automated: { prune: false, selfHeal: true },
            syncOptions: ['ServerSideApply=true'],
          },
        },
      },
    };
    new ApiObject(this.chart, name, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: { name, namespace: NAMESPACE, labels },
      spec,
    });
  }
}
