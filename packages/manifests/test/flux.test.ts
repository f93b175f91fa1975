import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import type { Tree } from '../src/index.ts';
import { synthesize } from '../src/index.ts';
import { validatorOf } from './definition.ts';
import { alice, bob, differences, fleetOf, pins, treeOf } from './fleet.ts';

const FLUX = { registry: 'oci://registry.example.com/tenants' };
const host = { engine: 'flux', flux: FLUX };
const paused = { ...bob, state: 'paused', pausedBy: 'operator', pausedSince: '2026-01-01' };
const tree = fluxTree([alice, paused], { host }, ['alice']);

function fluxTree(
  tenants: readonly object[],
  file: object,
  withSecrets: readonly string[] = [],
): Tree {
  return synthesize(fleetOf(tenants, file), pins, new Set(withSecrets));
}

interface Meta {
  readonly name: string;
  readonly namespace: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

// oxlint-disable-next-line typescript/no-explicit-any
type Parsed = Readonly<Record<string, any>> & { readonly kind: string; readonly metadata: Meta };

function below(of: Tree, directory: string): readonly (readonly [string, Parsed])[] {
  return [...of]
    .filter(([path]) => path.startsWith(`${directory}/`) && path.endsWith('.yaml'))
    .map(([path, text]) => [path, parse(text) as Parsed]);
}

const isOfKustomize = ({ apiVersion }: Parsed) =>
  String(apiVersion).startsWith('kustomize.config.k8s.io/');

/** The objects of Flux that a tree has, by their kinds and names. */
function objectsOf(of: Tree): ReadonlyMap<string, Parsed> {
  return new Map(
    below(of, '_flux')
      .map(([, object]) => object)
      .filter((object) => !isOfKustomize(object))
      .map((object) => [referenceTo(object.kind, object.metadata), object]),
  );
}

const referenceTo = (kind: string, { namespace, name }: Omit<Meta, 'annotations'>) =>
  `${kind} ${namespace}/${name}`;

const kustomizations = (of: Tree) =>
  [...objectsOf(of).values()].filter(({ kind }) => kind === 'Kustomization');

/**
 * What kustomize makes of a directory: its own list where there is one, and else all that lies in
 * it and below, where a directory with a list counts as that list. Paths of files; null is missing.
 */
function built(of: Tree, directory: string): readonly (string | null)[] {
  const own = of.get(`${directory}/kustomization.yaml`);
  if (own !== undefined) {
    const { resources = [], configMapGenerator = [] } = parse(own) as {
      resources?: readonly string[];
      configMapGenerator?: readonly { files: readonly string[] }[];
    };
    const sources = configMapGenerator.flatMap(({ files }) =>
      files.map((file) => file.slice(file.indexOf('=') + 1)),
    );
    return [...resources, ...sources].map((path) => {
      const at = posix.join(directory, path);
      return of.has(at) ? at : null;
    });
  }
  const files = [...of.keys()].filter(
    (path) => path.startsWith(`${directory}/`) && path.endsWith('.yaml'),
  );
  const lists = files
    .filter((path) => path.endsWith('/kustomization.yaml'))
    .map((path) => posix.dirname(path))
    .filter((list, _, all) => !all.some((other) => list.startsWith(`${other}/`)));
  const plain = files.filter((path) => !lists.some((list) => path.startsWith(`${list}/`)));
  const found = [...plain, ...lists.flatMap((list) => built(of, list))];
  return found.length === 0 ? [null] : found;
}

/** The files of dist/ that Flux applies, from its root on, each as often as it is applied. */
function applied(of: Tree, root: string): readonly (string | null)[] {
  const files = built(of, root);
  return files.flatMap((path) => {
    if (path === null) return [null];
    if (!path.startsWith('_flux/')) return [path];
    const { kind, spec } = parse(of.get(path) ?? '') as Parsed;
    const directory = kind === 'Kustomization' ? distPath(spec.path) : root;
    return directory === root ? [path] : [path, ...applied(of, directory)];
  });
}

/** What is missing stands out. */
const sorted = (paths: readonly (string | null)[]) => paths.map(String).sort();

/** The artifact has dist/ and secrets/ as they lie in Git. */
const distPath = (path: string) => path.replace(/^\.\/dist\//, '');

test('is as in the snapshot', () => {
  const file = join(import.meta.dirname, 'expected/flux.txt');
  const text = [...tree]
    .filter(([path]) => path.startsWith('_flux/') || path.endsWith('networkpolicy.flux.yaml'))
    .map(([path, body]) => `=== ${path}\n${body}`)
    .join('');
  // After a change: TENANTRY_UPDATE=1 pnpm test packages/manifests, then read the difference.
  if (process.env['TENANTRY_UPDATE'] === '1') writeFileSync(file, text);
  expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
});

describe('without it', () => {
  test('dist/ has nothing of it', () => {
    for (const [path, text] of treeOf([alice, paused])) {
      expect([path, text]).toEqual([path, expect.not.stringMatching(/flux/i)]);
    }
  });

  test('a tenant has the same, but for the way in and the kubeconfig', () => {
    const changed = differences(treeOf([alice, paused]), tree);
    expect(changed.filter((path) => !path.startsWith('_flux/'))).toEqual([
      '_host/host.json',
      'alice/host/networkpolicy.flux.yaml',
      'alice/vcluster.yaml',
      'bob/host/networkpolicy.flux.yaml',
      'bob/vcluster.yaml',
    ]);
  });

  test('the engine alone is told in host.json and nowhere else', () => {
    const prepared = fluxTree([alice, paused], { host: { flux: FLUX } }, ['alice']);
    expect(differences(prepared, tree)).toEqual(['_host/host.json']);
  });
});

test('every object fits the schema of its CustomResourceDefinition', () => {
  const full = {
    ...FLUX,
    insecure: true,
    pullSecret: 'registry',
    charts: { [pins.vcluster]: `sha256:${'0'.repeat(64)}` },
    interval: '30s',
  };
  const kinds = new Map(
    ['HelmRelease', 'Kustomization', 'OCIRepository'].map((kind) => [kind, validatorOf(kind)]),
  );
  const checked = [tree, fluxTree([alice, paused], { host: { flux: full } })].flatMap((of) =>
    [...objectsOf(of)].flatMap(([reference, object]) => {
      const validate = kinds.get(object.kind);
      if (validate === undefined) return [];
      expect([reference, validate(object)]).toEqual([reference, []]);
      return [object.kind];
    }),
  );
  expect(new Set(checked)).toEqual(new Set(kinds.keys()));
});

test('the validator refuses what an API server would', () => {
  const [object] = kustomizations(tree);
  const validate = validatorOf('Kustomization');
  const broken = { ...object, spec: { ...object?.['spec'], interval: 'often', pruned: true } };
  expect(validate(broken).join('\n')).toMatch(/pattern[^]*pruned|pruned[^]*pattern/);
});

describe('what an object refers to is there', () => {
  const objects = objectsOf(tree);
  const generated = below(tree, '_flux').flatMap(([, object]) =>
    ((object['configMapGenerator'] ?? []) as readonly Meta[]).map((each) =>
      referenceTo('ConfigMap', each),
    ),
  );

  test.each([...objects.keys()])('%s', (reference) => {
    const object = objects.get(reference);
    if (object === undefined) throw new TypeError(reference);
    const { spec = {}, metadata } = object;
    const at = (kind: string, { name, namespace = metadata.namespace }: Partial<Meta>) =>
      referenceTo(kind, { name: name ?? '', namespace });
    const named = [
      ...(spec.sourceRef === undefined ? [] : [at(spec.sourceRef.kind, spec.sourceRef)]),
      ...(spec.chartRef === undefined ? [] : [at(spec.chartRef.kind, spec.chartRef)]),
      ...(spec.dependsOn ?? []).map((other: Meta) => at('Kustomization', other)),
      ...(spec.healthChecks ?? []).map((other: Meta & { kind: string }) => at(other.kind, other)),
      ...(spec.valuesFrom ?? []).map((other: Meta & { kind: string }) => at(other.kind, other)),
    ];
    const known = new Set([...objects.keys(), ...generated]);
    expect(named.filter((each) => !known.has(each))).toEqual([]);
  });

  test('the Secret with the kubeconfig is one that the vcluster is told to write', () => {
    for (const id of ['alice', 'bob']) {
      const virtual = objects.get(`Kustomization vcluster-tenant-${id}/virtual`)?.['spec'];
      const { exportKubeConfig } = parse(tree.get(`${id}/vcluster.yaml`) ?? '') as Parsed;
      expect(exportKubeConfig).toEqual({
        additionalSecrets: [
          {
            name: virtual.kubeConfig.secretRef.name,
            server: `https://tenant-${id}.vcluster-tenant-${id}:443`,
          },
        ],
      });
    }
  });

  test('a tenant’s Secrets are read from where they lie in Git, and no other’s', () => {
    const virtual = objects.get('Kustomization vcluster-tenant-alice/virtual')?.['spec'];
    expect(virtual.decryption).toEqual({ provider: 'sops' });
    const [component] = virtual.components;
    const directory = posix.join('dist/alice/virtual', component);
    const { resources } = parse(
      tree.get(`${distPath(`./${directory}`)}/kustomization.yaml`) ?? '',
    ) as {
      resources: readonly string[];
    };
    expect(resources.map((path) => posix.join(directory, path))).toEqual(['secrets/alice.yaml']);
    const other = objects.get('Kustomization vcluster-tenant-bob/virtual')?.['spec'];
    expect(other).not.toHaveProperty('components');
  });
});

describe('every file of a tenant is applied once, and every directory of a host', () => {
  const tenant = fc.record({
    id: fc.stringMatching(/^[a-z0-9](?:[-a-z0-9]{0,27}[a-z0-9])?$/),
    name: fc.constant('Somebody'),
    state: fc.constantFrom('active', 'paused', 'offboarding'),
    host: fc.constantFrom('a', 'b'),
  });
  const tenants = fc.uniqueArray(tenant, { selector: ({ id }) => id, maxLength: 5 });
  const expected = (of: Tree, isOwn: (directory: string) => boolean) =>
    [...of.keys()]
      .filter((path) => path.endsWith('.yaml') && isOwn(posix.dirname(path)))
      .filter((path) => !/^_flux\/.*\/kustomization\.yaml$/.test(path))
      .sort();

  test('by the only host', () => {
    fc.assert(
      fc.property(tenants, (those) => {
        const of = fluxTree(
          those.map(({ host: _host, ...rest }) => rest),
          { host },
        );
        expect(sorted(applied(of, '_flux'))).toEqual(expected(of, () => true));
      }),
      { numRuns: 30 },
    );
  });

  test('by its own of two hosts, and by no other', () => {
    const hosts = { a: { context: 'a', flux: FLUX }, b: { context: 'b', flux: FLUX } };
    fc.assert(
      fc.property(tenants, (those) => {
        const of = fluxTree(those, { hosts });
        for (const name of ['a', 'b']) {
          const ids = new Set(those.filter(({ host: on }) => on === name).map(({ id }) => id));
          const isOwn = (directory: string) => {
            const [first = '', second] = directory.split('/');
            return first.startsWith('_') ? second === name : ids.has(first);
          };
          expect(sorted(applied(of, `_flux/${name}`))).toEqual(expected(of, isOwn));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a host that Flux is not set up for has none', () => {
    const hosts = { a: { context: 'a', flux: FLUX }, b: { context: 'b' } };
    const of = fluxTree(
      [
        { ...alice, host: 'a' },
        { ...bob, host: 'b' },
      ],
      { hosts },
    );
    const paths = [...of.keys()].filter((path) => path.startsWith('_flux/'));
    expect(paths.filter((path) => !path.startsWith('_flux/a/'))).toEqual([]);
    expect(paths.some((path) => path.includes('bob'))).toBe(false);
    expect([...of.keys()]).not.toContain('bob/host/networkpolicy.flux.yaml');
  });
});

describe('Flux deletes', () => {
  const PRUNE = 'kustomize.toolkit.fluxcd.io/prune';

  test('no namespace, whichever directory it is from', () => {
    for (const { metadata, spec } of kustomizations(tree)) {
      if (/_flux/.test(spec.path)) continue;
      const [{ target, patch }] = spec.patches;
      expect([metadata.name, target]).toEqual([metadata.name, { kind: 'Namespace' }]);
      expect(JSON.parse(patch).metadata.annotations).toEqual({ [PRUNE]: 'disabled' });
    }
  });

  test('neither a release nor what it begins from', () => {
    const kept = [...objectsOf(tree)].filter(
      ([, { metadata }]) => metadata.annotations?.[PRUNE] === 'disabled',
    );
    expect(kept.map(([, { kind, metadata }]) => `${kind} ${metadata.name}`).sort()).toEqual([
      'HelmRelease tenant-alice',
      'HelmRelease tenant-bob',
      'Kustomization tenantry',
      'Namespace tenantry-system',
      'OCIRepository tenantry',
    ]);
  });

  test('nothing of a tenant whose Kustomizations go, but for what holds it paused', () => {
    for (const { metadata, spec } of kustomizations(tree)) {
      const isPause = metadata.name.endsWith('-pause');
      expect([metadata.name, spec.deletionPolicy]).toEqual([
        metadata.name,
        isPause ? undefined : 'Orphan',
      ]);
      expect(spec.prune).toBe(true);
    }
  });
});

describe('in Git you see', () => {
  const before = fluxTree([alice, bob], { host });

  test('of a pause the replica count, the suspension, and what ends the pods', () => {
    const after = fluxTree([alice, paused], { host });
    const changed = differences(before, after).filter(
      (path) => !path.startsWith('_flux/bob/pause/'),
    );
    expect(changed).toEqual([
      '_flux/bob/kustomization.tenant-bob-pause.yaml',
      '_flux/bob/kustomization.yaml',
      '_flux/bob/vcluster/kustomization.virtual.yaml',
      'bob/tenant.json',
      'bob/vcluster.yaml',
    ]);
    const suspended = (of: Tree) =>
      objectsOf(of).get('Kustomization vcluster-tenant-bob/virtual')?.['spec'].suspend;
    expect([suspended(before), suspended(after)]).toEqual([false, true]);
  });

  test('of a new tenant its own directories only', () => {
    const after = fluxTree([alice, bob, { id: 'carol', name: 'Carol' }], { host });
    const others = differences(before, after).filter((path) => !/^(_flux\/)?carol\//.test(path));
    expect(others).toEqual([]);
  });
});

test('only what applies a tenant’s objects is let in to its virtual cluster, to one port', () => {
  expect((parse(tree.get('alice/host/networkpolicy.flux.yaml') ?? '') as Parsed)['spec']).toEqual({
    podSelector: {
      matchLabels: { app: 'vcluster', release: 'tenant-alice' },
      matchExpressions: [{ key: 'vcluster.loft.sh/managed-by', operator: 'DoesNotExist' }],
    },
    policyTypes: ['Ingress'],
    ingress: [
      {
        ports: [{ port: 8443, protocol: 'TCP' }],
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'flux-system' } },
            podSelector: { matchLabels: { app: 'kustomize-controller' } },
          },
        ],
      },
    ],
  });
});

test('a chart whose digest is known is pulled by it', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const charts = { [pins.vcluster]: digest, '0.1.0': `sha256:${'b'.repeat(64)}` };
  const of = fluxTree([alice], { host: { flux: { ...FLUX, charts } } });
  const source = objectsOf(of).get(`OCIRepository flux-system/vcluster-${pins.vcluster}`);
  expect(source?.['spec'].ref).toEqual({ tag: pins.vcluster, digest });
});
