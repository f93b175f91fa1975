/** Where versions are not the same, or the next minor: what of it, in a few words. */
export function minorSteps(
  what: string,
  before: unknown,
  after: unknown,
): { readonly skipped: readonly string[]; readonly lowered: readonly string[] } {
  const [from, to] = [minorOf(before), minorOf(after)];
  if (from === null || to === null) return { skipped: [], lowered: [] };
  const text = [`${what} ${String(before)} → ${String(after)}`];
  const isBack = to.major < from.major || (to.major === from.major && to.minor < from.minor);
  const isNear = to.major === from.major && to.minor <= from.minor + 1;
  return { skipped: isBack || isNear ? [] : text, lowered: isBack ? text : [] };
}

function minorOf(version: unknown): { readonly major: number; readonly minor: number } | null {
  const [, major, minor] = /^v?(\d+)\.(\d+)(?:[.+-]|$)/.exec(String(version)) ?? [];
  return major === undefined ? null : { major: Number(major), minor: Number(minor) };
}
