import type { V1Pod } from '@kubernetes/client-node';
import type { KubeObject, ObjectOf } from './kube-object.ts';

export type Pod = ObjectOf<V1Pod>;

/** Whether a pod says that it is ready. */
export function isReady(pod: KubeObject): boolean {
  const { conditions = [] } = (pod as Pod).status ?? {};
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
