import { describe, expect, test } from '@jest/globals';
import { parseSnapshotName, snapshotName } from '../lib/upgrade/snapshot-name.ts';

const NAME = 'alice-2026-11-26T11-20-00Z-vcluster-0.36.0-kubernetes-1.36.3.tar.gz';

describe('the name of a snapshot', () => {
  test.each([
    { id: 'alice', versions: { vcluster: '0.36.0', kubernetes: '1.36.3' } },
    { id: 'a-2026-11', versions: { vcluster: '0.36.1', kubernetes: null } },
    { id: '0', versions: { vcluster: null, kubernetes: null } },
  ])('says of which tenant and of which versions it is: %j', (name) => {
    const at = '2026-11-26T11:20:00.123Z';
    for (const encrypted of [true, false]) {
      expect(parseSnapshotName(snapshotName(name, at, encrypted))).toEqual(name);
    }
  });

  test.each(['alice-2026-11-24T15-00-46Z.tar', `../${NAME}`, `${NAME}.sha256`, 'snapshot.tar.gz'])(
    'is not %s',
    (name) => expect(parseSnapshotName(name)).toBeNull(),
  );
});
