import { singleLine } from '../wording.ts';
import type { Risk } from './risk.ts';

/** A risk on lines for people: what, why, what to do. `object` where nothing above it names it. */
export function riskLines(
  { rule, severity, what, reason, cure }: Risk,
  object?: string,
): readonly string[] {
  const where = object === undefined ? '' : `${object}: `;
  return [singleLine(`! ${severity} ${rule}: ${where}${what}: ${reason}`), `  → ${cure}`];
}

/** `2 high (deletion, end), 1 low (restart)`. */
export function riskCounts(risks: readonly Risk[]): string {
  const parts = (['high', 'low'] as const).flatMap((severity) => {
    const rules = risks.filter((risk) => risk.severity === severity).map(({ rule }) => rule);
    return rules.length === 0
      ? []
      : [`${rules.length} ${severity} (${[...new Set(rules)].join(', ')})`];
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}
