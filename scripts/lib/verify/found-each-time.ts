import { setTimeout as sleep } from 'node:timers/promises';

export interface LookOptions {
  readonly rounds: number;
  readonly pauseMilliseconds: number;
  readonly signal: AbortSignal;
}

/**
 * What all of `rounds` looks have found. Ends with the first look after which nothing of that is left:
 * what comes later than the first look is not waited for.
 */
export async function foundEachTime(
  look: () => Promise<readonly string[]>,
  { rounds, pauseMilliseconds, signal }: LookOptions,
): Promise<readonly string[]> {
  let found = await look();
  for (let round = 2; round <= rounds && found.length > 0; round += 1) {
    await sleep(pauseMilliseconds, undefined, { signal });
    const again = new Set(await look());
    found = found.filter((one) => again.has(one));
  }
  return found;
}
