import { poll } from '../kube/wait.ts';
import type { Api } from '../kube/api-client.ts';
import { objectPath, remove, type NewObject } from '../kube/objects.ts';
import { STAGE, stageNamespace } from './fixtures.ts';

const GONE_TIMEOUT_SECONDS = 60;

/**
 * Takes away what a run makes, and waits until it is gone: the stage's namespace, `objects` outside
 * of it, and then what `removeRest` finds. @throws WaitError naming what stays
 */
export async function clear(
  api: Api,
  objects: readonly NewObject[],
  removeRest: () => Promise<readonly string[]> = () => Promise.resolve([]),
  signal?: AbortSignal,
): Promise<void> {
  // Pods first and at once: a namespace that finds none left is gone on its first look.
  await api.send({
    method: 'DELETE',
    path: `/api/v1/namespaces/${STAGE}/pods`,
    body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 },
  });
  const all = [...objects, stageNamespace()];
  for (const object of all) await remove(api, object);
  await poll(
    async () => {
      const answers = await Promise.all(
        all.map(async (object) => {
          const there = (await api.send({ path: objectPath(object) })).status !== 404;
          return there ? [`${object.kind} ${object.metadata.name}`] : [];
        }),
      );
      const inside = answers.flat();
      const there = inside.length === 0 ? await removeRest() : inside;
      return there.length === 0
        ? { done: true, result: undefined }
        : { done: false, evidence: there.join('\n') };
    },
    {
      what: 'removal of what was made',
      timeoutSeconds: GONE_TIMEOUT_SECONDS,
      intervalMilliseconds: 300,
      ...(signal && { signal }),
    },
  );
}
