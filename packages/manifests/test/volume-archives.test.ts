import { expect, test } from '@jest/globals';
import { checkVolumeArchives } from '../src/volume-archives.ts';

const statefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'default' },
  spec: {
    template: { spec: { containers: [{ name: 'db', image: 'db' }] } },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
  },
};
const service = { namespace: 'default', name: 'db', port: 1, targetPort: 1 };
const volumeArchives = { db: { container: 'db', dump: ['dump'], restore: ['load'] } };

test('a workload’s archives are of StatefulSets that its chart makes, with volumes', () => {
  const check =
    (objects: object[], of = volumeArchives) =>
    () =>
      checkVolumeArchives(objects as Parameters<typeof checkVolumeArchives>[0], {
        volumeArchives: of,
        service,
      });
  const { volumeClaimTemplates: _, ...bare } = statefulSet.spec;
  expect(check([statefulSet])).not.toThrow();
  const refusal = /archives the volumes of StatefulSet default\/db/;
  expect(check([])).toThrow(refusal);
  expect(check([{ ...statefulSet, kind: 'Deployment' }])).toThrow(refusal);
  expect(check([{ ...statefulSet, spec: bare }])).toThrow(refusal);
  const other = { db: { ...volumeArchives.db, container: 'sidecar' } };
  expect(check([statefulSet], other)).toThrow(/by its container sidecar/);
});
