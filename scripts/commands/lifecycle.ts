import { dueTransitions, type Fleet, pausedAfter, splitByRoom } from '@tenantry/tenants';
import { editTenants, withStates } from '../lib/dist/edit-tenants.ts';
import { UsageError } from '../lib/cli/errors.ts';
import { describeTransitions, tenantsAfter } from '../lib/dist/describe-transitions.ts';
import { defineCommand, EXIT } from '../lib/cli/run-main.ts';
import { pullRequest } from '../lib/dist/pull-request.ts';
import { readFleet } from '../lib/dist/tenants-file.ts';
import { parseDate } from '../lib/cli/dates.ts';

export default defineCommand({
  usage: 'pnpm lifecycle --today DATE [--check] [--markdown]',
  summary:
    'From the dates in tenants.json to the states that are due: edits tenants.json and dist/, touches no\n' +
    'cluster. Lifts only pauses of its own. A tenant that the host has no room for stays paused and is\n' +
    'named; the others are written, and the exit code is 3.',
  options: {
    today: { type: 'string', value: 'DATE', description: 'the day to decide for, YYYY-MM-DD' },
    check: { type: 'boolean', description: 'write nothing; exit code 4 where something is due' },
    markdown: { type: 'boolean', description: 'print a pull request: title, empty line, body' },
  },
  async run({ workspace, values, print, report }) {
    if (values.today === undefined) {
      throw new UsageError(
        '--today is missing: which day it is, is never guessed\n  → pnpm lifecycle --today $(date -u +%F)',
      );
    }
    const today = parseDate('--today', values.today);
    const isCheck = values.check === true;
    const synthLines: string[] = [];
    const { transitions } = isCheck
      ? decide(readFleet(workspace.tenantsFile), today)
      : await editTenants(
          workspace,
          (text, fleet) => {
            const decided = decide(fleet, today);
            const after = tenantsAfter(fleet, decided.transitions.possible);
            return { text: after.length === 0 ? text : withStates(text, after), ...decided };
          },
          (line) => void synthLines.push(line),
        );
    if (values.markdown === true) print(pullRequest(transitions, today));
    else for (const line of describeTransitions(transitions, today)) print(line);
    for (const line of synthLines) {
      if (values.markdown === true) report.line(line);
      else print(line);
    }

    const { possible, held } = transitions;
    if (isCheck) return possible.length + held.length === 0 ? EXIT.done : EXIT.found;
    return held.length === 0 ? EXIT.done : EXIT.some;
  },
});

/** @throws UsageError where a pause is on record that begins after that day */
function decide(fleet: Fleet, today: string) {
  const [tenant] = pausedAfter(fleet, today);
  if (tenant !== undefined) {
    throw new UsageError(
      `--today is ${today}, but ${tenant.id} is on record as paused since ${tenant.pausedSince}; nothing was written\n` +
        '  → give the day that it is, or correct pausedSince in tenants.json',
    );
  }
  return { transitions: splitByRoom(fleet, dueTransitions(fleet, today)) };
}
