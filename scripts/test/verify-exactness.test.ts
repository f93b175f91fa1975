import { expect, test } from '@jest/globals';
import { answerOf, type Api, type ApiRequest } from '../lib/kube/api-client.ts';
import { compareWithWanted } from '../lib/verify/exactness.ts';

const wanted = (name: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'vcluster-tenant-alice' },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
});

/** A server that fills in a default, and has `live` in it. */
function server(live: Readonly<Record<string, object>>): Api & { readonly asked: ApiRequest[] } {
  const asked: ApiRequest[] = [];
  return {
    asked,
    send(request) {
      asked.push(request);
      const { method = 'GET', path, body } = request;
      if (method === 'POST') {
        const spec = { ...(body as { spec: object }).spec, filledIn: true };
        return Promise.resolve(answerOf(201, JSON.stringify({ ...body, spec })));
      }
      const found = live[path.split('/').at(-1) ?? ''];
      return Promise.resolve(
        found === undefined
          ? answerOf(404, '{"message":"not found"}')
          : answerOf(200, JSON.stringify(found)),
      );
    },
  };
}

const filledIn = (name: string, more: object = {}) => ({
  ...wanted(name),
  spec: { ...wanted(name).spec, filledIn: true, ...more },
});

test('objects are compared with what the server makes of the wanted ones, in a dry run elsewhere', async () => {
  const api = server({
    same: filledIn('same'),
    more: filledIn('more', { egress: [{}] }),
  });
  const found = await compareWithWanted(api, [wanted('same'), wanted('more'), wanted('gone')]);
  expect(found).toEqual(['NetworkPolicy/more spec.egress added', 'NetworkPolicy/gone missing']);
  const writes = api.asked.filter(({ method }) => method === 'POST');
  expect(writes).toHaveLength(3);
  for (const { path } of writes) {
    expect(path).toContain('/namespaces/default/');
    expect(path).toContain('dryRun=All');
  }
});

test('what cannot be read is an error, and no difference', async () => {
  const api: Api = {
    send: () => Promise.resolve(answerOf(500, '{"message":"etcdserver: request timed out"}')),
  };
  await expect(compareWithWanted(api, [wanted('x')])).rejects.toThrow('request timed out');
});
