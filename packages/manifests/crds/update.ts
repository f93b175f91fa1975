// Writes what the CustomResourceDefinitions of the engines say of the kinds that dist/ has, out of the
// Go modules that are named here: node packages/manifests/crds/update.ts, then
// TENANTRY_UPDATE=1 pnpm test packages/manifests/test/engine-types
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

type Schema = Readonly<Record<string, unknown>>;

const SOURCES = [
  {
    module: 'github.com/fluxcd/source-controller@v1.9.6',
    file: 'config/crd/bases/source.toolkit.fluxcd.io_ocirepositories.yaml',
  },
  {
    module: 'github.com/fluxcd/kustomize-controller@v1.9.6',
    file: 'config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml',
  },
  {
    module: 'github.com/fluxcd/helm-controller@v1.6.1',
    file: 'config/crd/bases/helm.toolkit.fluxcd.io_helmreleases.yaml',
  },
  {
    module: 'github.com/argoproj/argo-cd/v3@v3.5.7',
    file: 'manifests/crds/applicationset-crd.yaml',
    // Each of a dozen generators holds the whole Application anew, which makes 1.4 MB.
    generators: ['git', 'list', 'selector'],
  },
] as const;

for (const source of SOURCES) {
  const { spec } = parse(
    readFileSync(join(downloaded(source.module), source.file), 'utf8'),
  ) as Definition;
  const version = spec.versions.find(({ storage }) => storage);
  if (version === undefined) throw new TypeError(`${source.file} has no stored version`);
  const schema = version.schema.openAPIV3Schema;
  const written = {
    origin: `${source.module}/${source.file}`,
    apiVersion: `${spec.group}/${version.name}`,
    kind: spec.names.kind,
    schema:
      'generators' in source ? withGenerators(schema, source.generators) : withoutStatus(schema),
  };
  const name = `${spec.names.kind.toLowerCase()}.json`;
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(written, null, 1)}\n`);
}

function downloaded(module: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' });
  return (JSON.parse(answer) as { readonly Dir: string }).Dir;
}

function withoutStatus(schema: Schema): Schema {
  const { status: _status, ...properties } = schema['properties'] as Schema;
  return { ...schema, properties };
}

/** Of an ApplicationSet's generators those that are named, without templates of their own. */
function withGenerators(schema: Schema, names: readonly string[]): Schema {
  const copy = structuredClone(withoutStatus(schema)) as {
    properties: {
      spec: {
        properties: {
          generators: { items: { properties: Record<string, { properties: Schema }> } };
        };
      };
    };
  };
  const { items } = copy.properties.spec.properties.generators;
  const kept = Object.entries(items.properties).filter(([name]) => names.includes(name));
  items.properties = Object.fromEntries(
    kept.map(([name, { properties, ...generator }]) => {
      const { template: _template, ...own } = properties;
      const required = (generator as Schema)['required'] as readonly string[] | undefined;
      const rest = required?.filter((key) => key !== 'template');
      return [name, { ...generator, ...(rest && { required: rest }), properties: own }];
    }),
  );
  return copy;
}
