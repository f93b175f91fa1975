import { dueTurns } from '@tenantry/tenants';
import { editTenantsFile, withLives } from './lib/dist/edit-tenants.ts';
import { UsageError } from './lib/cli/errors.ts';
import { describeTurn, livesAfter } from './lib/dist/describe-transitions.ts';
import { EXIT, runMain } from './lib/cli/run-main.ts';
import { readFleet, synthDist } from './lib/dist/synth.ts';
import { parseDate } from './lib/cli/dates.ts';

await runMain({
  usage: 'pnpm lifecycle --today DATE [--check]',
  summary:
    'From the dates in tenants.json to the states that are due: edits tenants.json and dist/, touches no\n' +
    'cluster. Lifts only pauses of its own.',
  options: {
    today: { type: 'string', value: 'DATE', description: 'the day to decide for, YYYY-MM-DD' },
    check: { type: 'boolean', description: 'write nothing; exit code 4 where something is due' },
  },
  async run({ workspace, values, print }) {
    if (values.today === undefined) {
      throw new UsageError(
        '--today is missing: which day it is, is never guessed\n  → pnpm lifecycle --today $(date -u +%F)',
      );
    }
    const today = parseDate('--today', values.today);
    const fleet = readFleet(workspace.tenantsFile);
    const turns = dueTurns(fleet, today);
    for (const turn of turns) print(describeTurn(turn));
    if (turns.length === 0) print(`nothing is due on ${today}`);
    if (values.check === true) return turns.length === 0 ? EXIT.done : EXIT.found;

    editTenantsFile(workspace, (text) =>
      turns.length === 0 ? text : withLives(text, livesAfter(fleet, turns)),
    );
    // Also where nothing is due: an interrupted run may have left dist/ behind.
    return synthDist(workspace, print);
  },
});
