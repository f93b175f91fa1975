import { ExpectedError } from '../cli/errors.ts';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reach, type Target } from '../tools/kubectl.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import { CommandError, type Shell } from '../cli/shell.ts';
import { endTied, startTied } from '../cli/tied-command.ts';

/** One request to an API server. */
export interface ApiRequest {
  /** @default GET; a PATCH is a merge patch */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query: `/api/v1/namespaces/default/pods?dryRun=All`. */
  readonly path: string;
  readonly body?: object;
  /** A user to act as; the server refuses it where we may not. */
  readonly as?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly ok: boolean;
  /** The object, or for a refusal the server's Status. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What a refusal says. */
  readonly message: string;
}

/** An API server's answers, statuses and all, where kubectl has only words. */
export interface Api extends AsyncDisposable {
  send(request: ApiRequest): Promise<ApiAnswer>;
}

const START_TIMEOUT_SECONDS = 20;
/** By default the proxy refuses commands in pods by itself, which would pass for the server's word. */
const NOTHING = '^$';
const REQUEST_TIMEOUT_MILLISECONDS = 30_000;
/** Node holds no string of more than 512 MB. */
const MAX_ANSWER_BYTES = 400 * 2 ** 20;

/**
 * Opens the API of a target for as long as it is held. `kubectl proxy` knows every way of
 * authenticating; it listens on a socket in a directory that only this user may enter.
 */
export async function openApi($: Shell, target: Target, state: string): Promise<Api> {
  const directory = privateDirectory(state, 'api');
  const socketPath = join(directory.path, 's');
  const args = [...reach(target), 'proxy', '--reject-paths', NOTHING, '--unix-socket', socketPath];
  const proxy = startTied(uninterrupted($), 'kubectl', args);
  const close = () => {
    endTied(proxy);
    directory[Symbol.dispose]();
    return Promise.resolve();
  };
  const ended = proxy.then((output) => {
    throw new CommandError('kubectl proxy', output);
  });
  ended.catch(() => undefined);
  try {
    await Promise.race([ended, untilItAnswers(socketPath)]);
  } catch (error) {
    await close();
    throw error;
  }
  return { send: (asked) => send(socketPath, asked), [Symbol.asyncDispose]: close };
}

/**
 * The same shell for what must outlive an interrupt, so that what was made can be taken away again:
 * its commands are in process groups of their own, and no signal ends them.
 */
function uninterrupted($: Shell): Shell {
  return $({ detached: true, signal: new AbortController().signal });
}

async function untilItAnswers(socketPath: string): Promise<void> {
  for (const start = performance.now(); ; await sleep(100)) {
    try {
      await send(socketPath, { path: '/version' });
      return;
    } catch (error) {
      if (performance.now() - start > START_TIMEOUT_SECONDS * 1000) throw error;
    }
  }
}

function send(socketPath: string, { method = 'GET', path, body, as }: ApiRequest) {
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const text = body && JSON.stringify(body);
  const outgoing = request(
    {
      socketPath,
      method,
      path,
      timeout: REQUEST_TIMEOUT_MILLISECONDS,
      headers: {
        host: 'localhost',
        accept: 'application/json',
        // Node frames a body by itself for some methods only; DELETE is not one.
        ...(text !== undefined && {
          'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
          'content-length': Buffer.byteLength(text),
        }),
        ...(as !== undefined && { 'impersonate-user': as }),
      },
    },
    (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) {
          outgoing.destroy(
            new ExpectedError(`${method} ${path}: more than ${MAX_ANSWER_BYTES} bytes`),
          );
        }
      });
      incoming.once('error', reject);
      incoming.once('end', () =>
        resolve(answerOf(incoming.statusCode ?? 0, Buffer.concat(chunks).toString())),
      );
    },
  );
  outgoing.once('timeout', () =>
    outgoing.destroy(new ExpectedError(`${method} ${path}: no answer`)),
  );
  outgoing.once('error', reject);
  outgoing.end(text);
  return promise;
}

/** An answer as it came over the wire; what is not a JSON object is only a message. */
export function answerOf(status: number, text: string): ApiAnswer {
  const ok = status >= 200 && status < 300;
  try {
    const body = JSON.parse(text) as { readonly message?: string };
    if (typeof body !== 'object' || body === null) throw new TypeError('not an object');
    return { status, ok, body, message: ok ? '' : (body.message ?? String(status)) };
  } catch {
    return { status, ok, body: {}, message: ok ? text : `${status} ${text.trim()}`.trim() };
  }
}
