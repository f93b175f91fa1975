import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Context } from '../cli/run-main.ts';
import { run } from '../cli/shell.ts';
import { ensureTools } from '../tools/toolchain.ts';

const SIZES = [1, 100, 1000, 10_000];
/** A process a tenant: more would only take longer. */
const HELM_RUNS = 20;

/** `pnpm synth` as a whole process against a loop of `helm template` over the same objects. */
export async function benchSynth({ workspace, report, signal, print }: Context): Promise<void> {
  const { $ } = await ensureTools(workspace, report, signal);
  const scratch = mkdtempSync(join(tmpdir(), 'tenantry-bench-'));
  try {
    const ours = new Map<number, number>();
    for (const size of SIZES) {
      const tenants = join(scratch, `${size}.json`);
      writeFileSync(tenants, JSON.stringify({ tenants: Array.from({ length: size }, tenantOf) }));
      const out = join(scratch, String(size));
      const script = join(workspace.root, 'scripts/synth.ts');
      const elapsed = await timed(() =>
        run($, process.execPath, [script, '--tenants', tenants, '--out', out]),
      );
      ours.set(size, elapsed / size);
      print(
        `synth ${String(size).padStart(6)} tenants: ${(elapsed / size).toFixed(2)} ms a tenant, ${(elapsed / 1000).toFixed(2)} s`,
      );
    }
    const chart = join(scratch, 'chart');
    writeChart(chart, join(scratch, '1', 'tenant-0'));
    const elapsed = await timed(async () => {
      for (let index = 0; index < HELM_RUNS; index += 1) {
        const { id, name } = tenantOf(undefined, index);
        await run($, 'helm', ['template', id, chart, '--set', `id=${id}`, '--set', `name=${name}`]);
      }
    });
    const peer = elapsed / HELM_RUNS;
    print(`helm template, a loop over ${HELM_RUNS}: ${peer.toFixed(2)} ms a tenant`);
    print(
      `ratio helm template / synth at 1000 tenants: ${(peer / (ours.get(1000) ?? NaN)).toFixed(1)}`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function tenantOf(_: unknown, index: number): { id: string; name: string } {
  return { id: `tenant-${index}`, name: `Tenant ${index}` };
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** A chart of the very objects that synth wrote for one tenant, with id and name as values. */
function writeChart(chart: string, directory: string): void {
  const { id, name } = tenantOf(undefined, 0);
  for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (!file.includes('/') || !file.endsWith('.yaml')) continue;
    const template = join(chart, 'templates', file);
    mkdirSync(dirname(template), { recursive: true });
    const text = readFileSync(join(directory, file), 'utf8');
    writeFileSync(
      template,
      text.replaceAll(name, '{{ .Values.name }}').replaceAll(id, '{{ .Values.id }}'),
    );
  }
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 0.0.0\n');
}
