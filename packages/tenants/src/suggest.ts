import { closest, distance } from 'fastest-levenshtein';

/** The candidate that `word` most likely meant, or null where none is near. */
export function suggest(word: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0) return null;
  const best = closest(
    word.toLowerCase(),
    candidates.map((candidate) => candidate.toLowerCase()),
  );
  const index = candidates.findIndex((candidate) => candidate.toLowerCase() === best);
  // Two edits also cover two letters that changed places.
  const limit = best.length < 4 ? 1 : Math.max(2, Math.floor(best.length / 3));
  return distance(word.toLowerCase(), best) <= limit ? (candidates[index] ?? null) : null;
}
