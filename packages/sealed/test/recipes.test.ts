import { expect, test } from '@jest/globals';
import {
  hostTools,
  installedName,
  nodeBinaries,
  nodeImages,
  nodeTools,
  roots,
  toolName,
} from '../src/index.ts';

const built = new Set([...hostTools, ...nodeTools].flatMap((build) => build.tools.map(toolName)));

test('a tool is named after its import path, without a major version', () => {
  expect(installedName({ package: 'go.etcd.io/etcd/server/v3' })).toBe('server');
  expect(installedName({ package: './coredns' })).toBe('coredns');
  expect(toolName({ package: 'go.etcd.io/etcd/server/v3', as: 'etcd' })).toBe('etcd');
});

test('what one directory holds has different names', () => {
  for (const builds of [hostTools, nodeTools]) {
    const names = builds.flatMap((build) => build.tools.map(toolName));
    expect(new Set(names).size).toBe(names.length);
  }
});

test('every binary of an image or of the node is built', () => {
  const fromImages = nodeImages
    .flatMap((image) => image.layers)
    .flatMap((layer) => ('binary' in layer ? [layer.binary] : []));
  const wanted = [...fromImages, ...Object.values(nodeBinaries).flat()];
  // catatonit is Debian's
  expect(wanted.filter((name) => !built.has(name))).toEqual(['catatonit']);
});

test('a binary lies at the same paths wherever it is used, so that its layer is shared', () => {
  const paths = new Map<string, string>();
  for (const layer of nodeImages.flatMap((image) => image.layers)) {
    if (!('binary' in layer)) continue;
    const at = layer.at.join(' ');
    expect(paths.get(layer.binary) ?? at).toBe(at);
    paths.set(layer.binary, at);
  }
});

test('every image has a full name with a fixed tag', () => {
  for (const tag of nodeImages.flatMap((image) => image.tags)) {
    expect(tag).toMatch(/^[a-z0-9.]+\.[a-z]+\/.+:v?\d+\.\d+\.\d+(-\d+)?$/);
    expect(tag).not.toContain('latest');
  }
});

test('no link of a small root hides a file of the merged /usr', () => {
  for (const link of Object.values(roots).flatMap((root) => Object.keys(root.links))) {
    expect(link).toMatch(/^usr\//);
  }
});
