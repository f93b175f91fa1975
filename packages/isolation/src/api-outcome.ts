import type { Outcome } from './probe.ts';

/** What an API server answered. */
export interface Answer {
  readonly status: number;
  readonly ok: boolean;
  /** What a refusal says. */
  readonly message: string;
}

/** An admission policy's refusal; the server gives it the status of an invalid object. */
const DENIED = /denied (the )?request/;

/**
 * What an answer to a creation says: an object that is malformed or there already proves nothing.
 */
export function outcomeOfCreate(id: string, answer: Answer): Outcome {
  if (answer.ok) return { id, seen: 'allowed', detail: 'admitted' };
  const refused = answer.status === 403 || DENIED.test(answer.message);
  return { id, seen: refused ? 'refused' : null, detail: shorten(answer.message) };
}

/** Reads are refused by rights only. */
export function outcomeOfRead(id: string, answer: Answer): Outcome {
  if (answer.ok) return { id, seen: 'allowed', detail: 'readable' };
  const refused = answer.status === 401 || answer.status === 403;
  return { id, seen: refused ? 'refused' : null, detail: shorten(answer.message) };
}

/** No connection came about: refused, dropped, or no way there. */
const NO_CONNECTION =
  /connection refused|i\/o timeout|deadline exceeded|no route to host|unreachable|Client\.Timeout|not permitted/;

/** The API server tells of its own call; anything else is about the API server itself. */
const CALL = /calling webhook|trying to reach|proxy error/;

/** Somebody answered, if not in the way that the API server had hoped for. */
const CONNECTION = /server gave HTTP response|x509|tls:|EOF|status code|Unauthorized|Forbidden/i;

/** What an API server says of an address that it was made to call; other words prove nothing. */
export function outcomeOfCall(id: string, message: string): Outcome {
  const seen = !CALL.test(message)
    ? null
    : NO_CONNECTION.test(message)
      ? 'refused'
      : CONNECTION.test(message)
        ? 'allowed'
        : null;
  return { id, seen, detail: shorten(message) };
}

const LONGEST = 160;

/** The end of a long message, where the cause is. */
export function shorten(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.length <= LONGEST ? line : `…${line.slice(1 - LONGEST)}`;
}
