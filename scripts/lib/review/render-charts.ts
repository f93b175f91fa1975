import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileVersions, RenderedChart } from '@tenantry/plan';
import { versions } from '@tenantry/sealed/versions';
import { messageOf } from '../cli/errors.ts';
import { oneLine } from '../cli/one-line.ts';
import type { Context } from '../cli/run-main.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import { vclusterChart } from '../sealed/index.ts';
import { findTool } from '../tools/toolchain.ts';
import { renderChart } from '../verify/render-chart.ts';

/** What one version of a tenant's directory has the chart rendered from. */
interface ChartInput {
  readonly values: string;
  readonly chartVersion: string;
}

/** Tenants of which values or chart change alike. */
export interface ChartChange {
  readonly ids: readonly string[];
  readonly before: ChartInput;
  readonly after: ChartInput;
}

/** The distinct changes of what the chart is rendered from; tenants that come or go have none. */
export function chartChangesIn(
  files: readonly FileVersions[],
  dist: string,
): readonly ChartChange[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const ids = files.flatMap(
    ({ path }) => /^([^/]+)\/(?:vcluster\.yaml|tenant\.json)$/.exec(path)?.[1] ?? [],
  );
  const groups = new Map<string, { ids: string[]; before: ChartInput; after: ChartInput }>();
  for (const id of new Set(ids)) {
    const input = (version: 'before' | 'after'): ChartInput | null => {
      const [values, manifest] = ['vcluster.yaml', 'tenant.json'].map((name) => {
        const path = `${id}/${name}`;
        const file = byPath.get(path);
        if (file !== undefined) return file[version]?.text;
        return existsSync(join(dist, path)) ? readFileSync(join(dist, path), 'utf8') : undefined;
      });
      const [, chartVersion] = /"chartVersion": "([\w.+-]+)"/.exec(manifest ?? '') ?? [];
      return values === undefined || chartVersion === undefined ? null : { values, chartVersion };
    };
    const [before, after] = [input('before'), input('after')];
    const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
    if (before === null || after === null || was === is) continue;
    const group = groups.get(`${was} ${is}`);
    if (group === undefined) groups.set(`${was} ${is}`, { ids: [id], before, after });
    else group.ids.push(id);
  }
  return [...groups.values()];
}

/** Renders the chart for each change, once before and once after. What cannot be rendered is noted. */
export async function renderCharts(
  { workspace, $, signal }: Pick<Context, 'workspace' | '$' | 'signal'>,
  changes: readonly ChartChange[],
): Promise<{ readonly charts: readonly RenderedChart[]; readonly notes: readonly string[] }> {
  if (changes.length === 0) return { charts: [], notes: [] };
  const helm = await findTool(workspace, 'helm', signal);
  if (helm === null) {
    const note = `what the chart makes of ${changes.length} changed values was not rendered: no helm ${versions.helm} here → pnpm cluster`;
    return { charts: [], notes: [note] };
  }
  mkdirSync(workspace.state, { recursive: true, mode: 0o700 });
  using directory = privateDirectory(workspace.state, 'review');
  const valuesFile = join(directory.path, 'values.yaml');
  const charts: RenderedChart[] = [];
  const notes: string[] = [];
  for (const { ids, before, after } of changes) {
    const [id = ''] = ids;
    const render = async ({ values, chartVersion }: ChartInput) => {
      writeFileSync(valuesFile, values);
      const own = vclusterChart(workspace.cache, chartVersion);
      const chartDir = existsSync(own) ? own : null;
      const tenant = { id, chartVersion, valuesFile };
      return renderChart({ $, helm, chartDir }, tenant, versions.kubernetes);
    };
    try {
      charts.push({ ids, id, before: await render(before), after: await render(after) });
    } catch (error) {
      signal.throwIfAborted();
      notes.push(
        `what the chart makes of the values of ${id} was not rendered: ${oneLine(messageOf(error))}`,
      );
    }
  }
  return { charts, notes };
}
