import type { Risk, RiskRule, Subject } from './risk.ts';
import { RISK_RULES } from './rules.ts';

/** The risks of one change, what decides most first. */
export function risksOf(object: string, subject: Subject): readonly Risk[] {
  return RISK_RULES.flatMap((rule) => {
    const what = findings(rule, subject);
    const { id, severity, reason, cure } = rule;
    return what.length === 0
      ? []
      : [{ rule: id, severity, object, what: what.join('; '), reason, cure }];
  });
}

/** What a rule finds. An object may hold anything where the rule expects a list. */
function findings(rule: RiskRule, subject: Subject): readonly string[] {
  try {
    return rule.find(subject);
  } catch (error) {
    if (error instanceof TypeError) return [`it cannot be judged: ${error.message}`];
    throw error;
  }
}
