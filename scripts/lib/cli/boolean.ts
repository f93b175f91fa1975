import { UsageError } from './errors.ts';

const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];

/** Whether CI says so: any text but one for no, since some services put their name there. */
export function isCi(text: string | undefined): boolean {
  return text !== undefined && text !== '' && !NO.includes(text.toLowerCase());
}

/**
 * What an environment variable says, in any case: 1, true, yes, on or 0, false, no, off. An empty
 * variable counts as one that is not set: null.
 * @throws UsageError at any other text
 */
export function booleanVariable(name: string, text: string | undefined): boolean | null {
  if (text === undefined || text === '') return null;
  const word = text.toLowerCase();
  if (YES.includes(word)) return true;
  if (NO.includes(word)) return false;
  throw new UsageError(
    `${name} is ${JSON.stringify(text)}; nothing was done\n  → allowed: ${[...YES, ...NO].join(', ')}; empty counts as not set`,
  );
}
