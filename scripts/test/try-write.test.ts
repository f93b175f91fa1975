import { expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { ApiError, type KubeClient } from '../lib/kube/client.ts';
import { tryWrite } from '../lib/kube/requests.ts';

const statefulSet = (resourceVersion: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'tenant-alice', namespace: 'vcluster-tenant-alice', resourceVersion },
});

/** A server on which a controller has written the object between our read and our question. */
function raceOf(versions: number): { readonly client: KubeClient; readonly asked: string[] } {
  const asked: string[] = [];
  let current = 1;
  const send = async ({ method = 'GET', body }: { method?: string; body?: unknown }) => {
    if (method === 'GET') return statefulSet(String((current += 1)));
    const { resourceVersion = '' } = (body as KubeObject).metadata;
    asked.push(resourceVersion);
    if (asked.length <= versions) {
      throw new ApiError('PUT …', 409, { message: 'the object has been modified' });
    }
    return body;
  };
  return { client: { send } as unknown as KubeClient, asked };
}

const write = { method: 'replace', body: statefulSet('1'), force: true, leaves: [] } as const;

test('an object that was written at the same moment is read and asked about again', async () => {
  const { client, asked } = raceOf(2);
  expect(await tryWrite(client, write)).toMatchObject({ kind: 'object' });
  expect(asked).toEqual(['1', '2', '3']);
});

test('one that never rests is an error', async () => {
  await expect(tryWrite(raceOf(Infinity).client, write)).rejects.toThrow('has been modified');
});
