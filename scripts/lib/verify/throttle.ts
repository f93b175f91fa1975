import pLimit from 'p-limit';
import type { Api } from '../kube/api-client.ts';

/** The same API with so many requests at once at most: a run has hundreds, and its host has tenants. */
export function throttled(api: Api, atOnce: number): Api {
  const limit = pLimit(atOnce);
  return {
    send: (request) => limit(() => api.send(request)),
  };
}
