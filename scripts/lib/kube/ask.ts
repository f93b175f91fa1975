import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedError, messageOf } from '../cli/errors.ts';
import type { Api, ApiAnswer } from './api-client.ts';

/** So long the way to an API server may be down: a port-forward starts again, a pod does too. */
const RETRY_SECONDS = 60;
const INTERVAL_MILLISECONDS = 1000;

export interface AskOptions {
  /** Whether that nobody is there to answer is an answer: of an API that a pod stands for. */
  readonly aggregated?: boolean;
  /** @default 60 */
  readonly retrySeconds?: number;
  /** Ends the asking again. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a path from an API server, and asks again where not the server has answered but something
 * on the way to it. @throws Error where it has not answered within the time
 */
export async function ask(
  api: Api,
  path: string,
  { aggregated = false, retrySeconds = RETRY_SECONDS, signal }: AskOptions = {},
): Promise<ApiAnswer> {
  const deadline = performance.now() + retrySeconds * 1000;
  for (;;) {
    signal?.throwIfAborted();
    let reason: string;
    try {
      const answer = await api.send({ path });
      if (isAnswer(answer, aggregated)) return answer;
      reason = answer.message;
    } catch (error) {
      reason = messageOf(error);
    }
    if (performance.now() >= deadline) throw new ExpectedError(`${path}: no answer: ${reason}`);
    await sleep(INTERVAL_MILLISECONDS, undefined, signal === undefined ? {} : { signal });
  }
}

const NOT_FOUND = 404;
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;
const TIMEOUT = 504;

/** An API server refuses with a Status; a proxy, a closed port or an overload with anything else. */
export function isAnswer({ ok, status, body }: ApiAnswer, aggregated: boolean): boolean {
  if (ok || status === NOT_FOUND) return true;
  if (status === TOO_MANY_REQUESTS || status === TIMEOUT) return false;
  return status === UNAVAILABLE ? aggregated : body['kind'] === 'Status';
}
