import { isOk, type KubeClient, type KubeRequest } from './client.ts';

/** One request to an API server. */
export interface ApiRequest extends Pick<KubeRequest, 'method' | 'as'> {
  /** With its query: `/api/v1/namespaces/default/pods?dryRun=All`. A PATCH is a merge patch. */
  readonly path: string;
  readonly body?: object;
}

export interface ApiAnswer {
  readonly status: number;
  readonly ok: boolean;
  /** The object, or for a refusal the server's Status. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What a refusal says. */
  readonly message: string;
}

/** An API server's answers, for which a refusal is an answer like others. */
export interface Api {
  send(request: ApiRequest): Promise<ApiAnswer>;
}

export function apiOf(client: KubeClient): Api {
  return {
    async send(request) {
      const contentType =
        request.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const { status, text } = await client.exchange({ ...request, contentType });
      return answerOf(status, text);
    },
  };
}

/** An answer as it came over the wire; what is not a JSON object is only a message. */
export function answerOf(status: number, text: string): ApiAnswer {
  const ok = isOk({ status });
  try {
    const body = JSON.parse(text) as { readonly message?: string };
    if (typeof body !== 'object' || body === null) throw new TypeError('not an object');
    return { status, ok, body, message: ok ? '' : (body.message ?? String(status)) };
  } catch {
    return { status, ok, body: {}, message: ok ? text : `${status} ${text.trim()}`.trim() };
  }
}
