import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fluxBuild, fluxImages } from '../src/flux.ts';
import { cutModules, gatewayVersions } from '../src/gateway.ts';
import {
  hostTools,
  kubeRouterImage,
  localPathHelperImage,
  localPathImage,
  nodeImages,
  nodeTools,
  runtimeTools,
  kwokTools,
  secretsTools,
  tenantImages,
  vclusterBuild,
  vclusterImage,
  versions,
} from '../src/index.ts';
import { defaultVersions, kubernetesVersions, vclusterVersions } from '../src/tenant-versions.ts';
import { vclusterModule } from '../src/vcluster-module.ts';

const read = (file: string): string =>
  readFileSync(path.join(import.meta.dirname, '..', file), 'utf8');

/** Module → version as a go.mod has it, replacements applied. */
function requirements(file: string): Map<string, string> {
  const text = read(file);
  const required = [...text.matchAll(/^(?:require )?\s*(\S+) (v\S+)(?: \/\/ indirect)?$/gm)];
  const replaced = [...text.matchAll(/(\S+) => \S+ (v\S+)$/gm)];
  return new Map(
    [...required, ...replaced].map(([, module = '', version = '']) => [module, version]),
  );
}

describe('the version table', () => {
  const main = requirements('go.mod');

  test.each([
    ['k8s.io/kubernetes', versions.kubernetes],
    ['k8s.io/client-go', versions.kubernetes.replace(/^v1/, 'v0')],
    ['k8s.io/kubectl', versions.kubernetes.replace(/^v1/, 'v0')],
    ['github.com/loft-sh/vcluster', `v${versions.vcluster}`],
    ['sigs.k8s.io/kind', versions.kind],
    ['helm.sh/helm/v3', versions.helm],
    ['go.etcd.io/etcd/server/v3', `v${versions.etcd.replace(/-\d+$/, '')}`],
    ['github.com/coredns/coredns', versions.coredns],
    ['github.com/containerd/containerd/v2', versions.containerd],
    ['github.com/containernetworking/plugins', versions.cniPlugins],
    ['sigs.k8s.io/cri-tools', versions.criTools],
    ['github.com/k3s-io/kine', versions.kine],
    ['github.com/cloudnativelabs/kube-router/v2', versions.kubeRouter],
  ])('says of %s what go.mod says', (module, version) => {
    expect(main.get(module)).toBe(version);
  });

  test('says of local-path-provisioner what its own go.mod says', () => {
    const own = requirements('local-path/go.mod');
    expect(own.get('github.com/rancher/local-path-provisioner')).toBe(
      versions.localPathProvisioner,
    );
  });

  test('says of sops what its own go.mod says', () => {
    expect(requirements('sops/go.mod').get('github.com/getsops/sops/v3')).toBe(versions.sops);
  });

  test.each([
    ['github.com/traefik/traefik/v3', gatewayVersions.traefik],
    ...cutModules.map(({ module, version }) => [module, version] as const),
  ])('says of %s what the go.mod of the Gateway says', (module, version) => {
    expect(requirements('gateway/go.mod').get(module)).toBe(version);
  });

  test.each(fluxImages.map(({ module, version }) => [module, version] as const))(
    'says of %s what the go.mod of Flux says',
    (module, version) => {
      expect(requirements('flux/go.mod').get(module)).toBe(version);
    },
  );

  test('gives tenants the Kubernetes of the host', () => {
    expect(tenantImages.kubernetes.tag).toBe(versions.kubernetes);
    expect(tenantImages.vcluster.tag).toBe(versions.vcluster);
  });
});

describe('the versions that tenants may have', () => {
  const files = { goMod: read('go.mod'), goSum: read('go.sum') };
  const lines = (text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .sort();

  test('have the defaults among them, with what go.sum says of the default vcluster', () => {
    expect(Object.keys(kubernetesVersions)).toContain(defaultVersions.kubernetes);
    const { goMod, goSum } = vclusterModule(files, defaultVersions.vcluster);
    expect([goMod, lines(goSum)]).toEqual([files.goMod, lines(files.goSum)]);
  });

  test.each(Object.keys(vclusterVersions))(
    'of vcluster %s nothing but vcluster is compiled from another module',
    (version) => {
      const { goMod, goSum } = vclusterModule(files, version);
      const changed = (before: string, after: string) =>
        lines(after).filter((line) => !lines(before).includes(line));
      const isOther = version !== versions.vcluster;
      expect(changed(files.goMod, goMod)).toEqual(
        isOther ? [`\tgithub.com/loft-sh/vcluster v${version} // indirect`] : [],
      );
      expect(changed(files.goSum, goSum)).toHaveLength(isOther ? 2 : 0);
    },
  );

  test('a version that is not pinned is compiled from nothing', () => {
    expect(() => vclusterModule(files, '0.36.2')).toThrow('vcluster 0.36.2 is not pinned');
  });

  test('the version that the node carries is built as any other is', () => {
    const [, ...flags] = vclusterBuild(versions.vcluster).ldflags;
    expect(nodeTools[0]?.ldflags).toEqual(expect.arrayContaining(flags));
    expect(nodeImages).toContainEqual(vclusterImage(versions.vcluster));
  });
});

describe('the two Go modules', () => {
  test('agree on every module they share, so that its packages are compiled once', () => {
    const main = requirements('go.mod');
    const shared = [...requirements('local-path/go.mod')].filter(([module]) => main.has(module));
    expect(shared.length).toBeGreaterThan(30);
    expect(Object.fromEntries(shared)).toEqual(
      Object.fromEntries(shared.map(([module]) => [module, main.get(module)])),
    );
  });

  test('declare every tool that is built from them', () => {
    const builds = [
      ...hostTools,
      ...secretsTools,
      ...kwokTools,
      ...runtimeTools,
      ...nodeTools,
      fluxBuild,
    ];
    const missing = builds.flatMap((build) => {
      const declared = read(path.join(build.directory, 'go.mod'));
      return build.tools
        .map((tool) => tool.package)
        .filter((name) => !name.startsWith('./') && !declared.includes(name));
    });
    expect(missing).toEqual([]);
  });
});

describe('the manifests', () => {
  test('name images that the node carries', () => {
    const images = (file: string): string[] =>
      [...read(file).matchAll(/image: (\S+)/g)].map(([, image = '']) => image);
    expect(images('manifests/default-cni.yaml')).toEqual([kubeRouterImage]);
    expect(images('manifests/default-storage.yaml')).toEqual([
      localPathImage,
      localPathHelperImage,
    ]);
  });
});
