import { expect, test } from '@jest/globals';
import { answerOf } from '../lib/kube/api-client.ts';

test('an answer in other words than JSON is a message', () => {
  expect(answerOf(502, 'Bad Gateway\n')).toMatchObject({ ok: false, message: '502 Bad Gateway' });
  expect(answerOf(200, 'Hello')).toMatchObject({ ok: true, message: 'Hello' });
});
