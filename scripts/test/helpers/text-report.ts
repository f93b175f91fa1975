import { createReport, type Report } from '../../lib/cli/report.ts';
import { Progress } from '../../lib/progress/progress.ts';
import { lineRenderer } from '../../lib/progress/renderer.ts';

/** A report whose lines go to `write`, wherever a command would write them. */
export function textReport(write: (text: string) => void = () => undefined): Report {
  const progress = new Progress();
  const renderer = lineRenderer({ out: write, err: write });
  return createReport((event) => {
    progress.see(event);
    renderer.show(event, progress);
  });
}
