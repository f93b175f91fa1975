import { printable } from './printable.ts';

/** Where a command tells a person what it is doing: one line per step, on standard error. */
export interface Report {
  line(text: string): void;
  /** Runs `action` and prints its title with the seconds it took. */
  step<T>(title: string, action: () => Promise<T>): Promise<T>;
  skip(title: string, why: string): void;
}

/** A report on `stream` (standard error by default, so that standard output holds results only). */
export function createReport(
  stream: (text: string) => void = (text) => process.stderr.write(text),
): Report {
  const write = (text: string) => stream(printable(text));
  return {
    line: (text) => write(`${text}\n`),
    skip: (title, why) => write(`- ${title}: ${why}\n`),
    async step(title, action) {
      const start = performance.now();
      write(`· ${title} …\n`);
      try {
        const result = await action();
        write(`✓ ${title} (${seconds(performance.now() - start)})\n`);
        return result;
      } catch (error) {
        write(`✗ ${title} (${seconds(performance.now() - start)})\n`);
        throw error;
      }
    },
  };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
