import { expect, test } from '@jest/globals';
import { answerOf, type Api } from '../lib/kube/api-client.ts';
import { throttled } from '../lib/verify/throttle.ts';

test('no more requests are under way than are allowed, and each is answered', async () => {
  let underWay = 0;
  let most = 0;
  const api: Api = {
    async send() {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return answerOf(200, '{}');
    },
  };
  const slow = throttled(api, 3);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => slow.send({ path: `/${index}` })),
  );
  expect(answers).toHaveLength(20);
  expect(most).toBe(3);
});
