import { expect, test } from '@jest/globals';
import { rightsOf } from '../src/rights.ts';

test('rights are what goes beyond asking about oneself', () => {
  const self = {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  };
  expect(rightsOf({ resourceRules: [self] })).toEqual([]);
  const read = { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] };
  expect(rightsOf({ resourceRules: [self, read] })).toEqual(['get,list secrets']);
  const others = { ...self, resources: ['subjectaccessreviews'] };
  expect(rightsOf({ resourceRules: [others] })).toHaveLength(1);
});
