import type { Test, TestCaseResult } from '@jest/reporters';

const MARKS: Readonly<Record<string, string>> = { passed: '✓', failed: '✗' };

/** A line as each test ends: a run takes long, and jest's own reporter waits for a file's end. */
export default class LiveReporter {
  onTestCaseResult(_: Test, result: TestCaseResult): void {
    const { fullName, status, duration, failureMessages } = result;
    const seconds = ((duration ?? 0) / 1000).toFixed(1);
    process.stderr.write(`${MARKS[status] ?? '-'} ${fullName} (${seconds} s)\n`);
    for (const message of failureMessages) process.stderr.write(`${message}\n`);
  }
}
