import { expect, test } from '@jest/globals';
import { versionsLeft } from '../src/live-versions.ts';
import { alice } from './fixture.ts';

const values = (tag: string) => ({ controlPlane: { distro: { k8s: { image: { tag } } } } });
const controlPlane = (vcluster: string, kubernetes: string) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'tenant-alice', namespace: 'vcluster-tenant-alice' },
  spec: {
    template: {
      spec: {
        initContainers: [
          { name: 'init', image: 'other:9.9.9' },
          { name: 'kubernetes', image: `ghcr.io/loft-sh/kubernetes${kubernetes}` },
        ],
        containers: [{ name: 'syncer', image: `registry:5000/loft-sh/vcluster-oss${vcluster}` }],
      },
    },
  },
});
const wanted = alice({ chartVersion: '0.36.1', values: values('v1.36.3') });

test.each([
  ['another vcluster', ':0.36.0', ':v1.36.3', { vcluster: '0.36.0', kubernetes: '1.36.3' }],
  ['another Kubernetes', ':0.36.1', ':v1.35.0', { vcluster: '0.36.1', kubernetes: '1.35.0' }],
  ['a later one', ':0.37.0', ':v1.36.3', { vcluster: '0.37.0', kubernetes: '1.36.3' }],
  [
    'another vcluster beside an image of no version',
    ':0.36.0',
    ':latest',
    { vcluster: '0.36.0', kubernetes: null },
  ],
  ['the same of both', ':0.36.1', ':v1.36.3', null],
  ['images of no version', '@sha256:1', '', null],
])('an upgrade of a control plane that has %s', (_, vcluster, kubernetes, left) => {
  expect(versionsLeft(wanted, controlPlane(vcluster, kubernetes))).toEqual(left);
});

test('a tenant without a control plane leaves no version', () => {
  expect(versionsLeft(wanted, null)).toBeNull();
});
