import type { KubeObject } from '@tenantry/plan';
import { ExpectedError } from '../cli/errors.ts';
import type { Api } from './api-client.ts';
import type { KubeList } from './client.ts';
import { ask, type AskOptions } from './ask.ts';
import type { ApiResource } from './api-resources.ts';

/** An API server stores objects of 1.5 to 3 MB at most, so that a page stays far below 512 MB. */
const PAGE_SIZE = 100;

type Listed = Pick<ApiResource, 'name' | 'kind' | 'paths'>;

/** A resource that an API server does not list, whichever version is asked for. */
export class ListError extends ExpectedError {
  override name = 'ListError';
  /** As `kubectl get` takes it. */
  readonly resource: string;
  /** What the server said. */
  readonly reason: string;

  constructor(resource: string, reason: string) {
    super(`${resource} cannot be listed: ${reason}`);
    this.resource = resource;
    this.reason = reason;
  }
}

/**
 * The objects of a resource, page by page, so that no answer holds them all; in all namespaces.
 * @throws ListError where the server refuses to list every version of it
 */
export async function* listPages(
  api: Api,
  { name, kind, paths }: Listed,
  { signal }: Pick<AskOptions, 'signal'> = {},
): AsyncGenerator<readonly KubeObject[], void, undefined> {
  const reasons: string[] = [];
  for (const path of paths) {
    let token: string | undefined = '';
    while (token !== undefined) {
      const query = new URLSearchParams({
        limit: String(PAGE_SIZE),
        ...(token !== '' && { continue: token }),
      });
      const { ok, body, message } = await ask(api, `${path}?${query.toString()}`, { signal });
      if (!ok) {
        reasons.push(`${path}: ${message}`);
        break;
      }
      const page = body as unknown as KubeList;
      const { apiVersion } = page;
      yield (page.items ?? []).map((item) => ({ ...item, apiVersion, kind: item.kind ?? kind }));
      token = page.metadata?.continue || undefined;
      if (token === undefined) return;
    }
  }
  throw new ListError(name, reasons.join('; '));
}

/** All objects of a resource of which there are few. @throws ListError */
export async function listAll(
  api: Api,
  resource: Listed,
  options: Pick<AskOptions, 'signal'> = {},
): Promise<readonly KubeObject[]> {
  const objects: KubeObject[] = [];
  for await (const page of listPages(api, resource, options)) objects.push(...page);
  return objects;
}

/** The path of a namespace's part of a list: `/api/v1/pods` → `/api/v1/namespaces/x/pods`. */
export function within(namespace: string): (path: string) => string {
  return (path) => path.replace(/\/([^/]+)$/, `/namespaces/${namespace}/$1`);
}
