// Adds up jest's result files and prints `N passed, N failed, N skipped`; a missing one is a failure.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [directory, ...projects] = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const project of projects) {
  const file = join(directory, `${project}.json`);
  if (!existsSync(file)) {
    console.log(`${project}: no results`);
    sum.failed += 1;
    continue;
  }
  const results = JSON.parse(readFileSync(file, 'utf8'));
  sum.passed += results.numPassedTests;
  // A file that could not be loaded has no tests to count.
  sum.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  sum.skipped += results.numPendingTests + results.numTodoTests;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
