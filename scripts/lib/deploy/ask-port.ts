import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const REQUEST_TIMEOUT_MILLISECONDS = 5000;
const OPEN_MILLISECONDS = 1000;

/** What was asked said, and whether it counts as an answer. */
export interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

/** GET of a path of a port of this machine. */
export async function get(port: number, path: string): Promise<Answer> {
  try {
    const request = httpGet({
      host: '127.0.0.1',
      port,
      path,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS),
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { statusCode = 0 } = response;
    const answer = await text(response);
    return statusCode >= 200 && statusCode < 300
      ? { ok: true, text: answer }
      : { ok: false, text: `${statusCode} ${answer}` };
  } catch (error) {
    return { ok: false, text: String(error) };
  }
}

/**
 * The forward takes every connection and closes one that the pod refuses: it counts when the pod
 * speaks first, or when it is still open after a while.
 */
export async function connectTo(port: number): Promise<Answer> {
  const socket = connect(port, '127.0.0.1');
  const open = { ok: true, text: '' };
  try {
    return await new Promise<Answer>((resolve) => {
      socket.setTimeout(OPEN_MILLISECONDS, () => resolve(open));
      socket.once('data', () => resolve(open));
      socket.once('error', (error) => resolve({ ok: false, text: String(error) }));
      socket.once('close', () => resolve({ ok: false, text: 'the connection was closed' }));
    });
  } finally {
    socket.destroy();
  }
}
