import { expect, test } from '@jest/globals';
import { rightsOfRule, SYNCER_RIGHTS as EXPECTED } from '@tenantry/isolation';
import { SYNCER_RIGHTS as GIVEN } from '@tenantry/manifests';

test('a syncer has the rights that verify expects of it, no more and no fewer', () => {
  const given = GIVEN.flatMap(({ group, resources, verbs }) =>
    rightsOfRule({ apiGroups: [group], resources, verbs }),
  );
  expect(given.sort()).toEqual([...EXPECTED].sort());
});
