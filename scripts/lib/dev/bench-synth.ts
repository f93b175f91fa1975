import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { load } from 'js-yaml';
import { Fault } from '../cli/errors.ts';
import type { Context } from '../cli/run-main.ts';
import { quietShell, type Shell } from '../cli/shell.ts';
import { table } from '../cli/table.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import { ensureTools } from '../tools/toolchain.ts';
import {
  type BenchTenant,
  compilePeer,
  type Files,
  helmLoop,
  jsonnet,
  kustomizeLoop,
  readFiles,
  writePlainly,
} from './bench-peers.ts';
import { measure, type Measure } from './measure.ts';

const SIZES = [1, 100, 1000, 10_000];
/** A process a tenant takes as long for each: more runs would say no more. */
const LOOP_RUNS = 20;

/** A way to make tenants' manifests, and what it took. */
export interface Row extends Measure {
  readonly way: string;
  /** How many tenants it was measured with. */
  readonly tenants: number;
}

interface Peers {
  /** With helm on its PATH. */
  readonly $: Shell;
  readonly kustomize: string;
  readonly jsonnet: string;
}

/** `pnpm synth` as a whole process beside other ways to the same objects, and beside the disk alone. */
export async function benchSynth(context: Context): Promise<void> {
  const { workspace, report, signal, print } = context;
  const { root } = workspace;
  const { $ } = await ensureTools(workspace, report, signal);
  const peers = await report.step('compile kustomize and go-jsonnet', async () => ({
    $,
    kustomize: await compilePeer(root, signal, 'kustomize'),
    jsonnet: await compilePeer(root, signal, 'jsonnet'),
  }));
  // Nothing is removed before the end: for minutes after it each new file can take ten times as long.
  using scratch = privateDirectory(tmpdir(), 'tenantry-bench');
  for (const size of SIZES) {
    const directory = join(scratch.path, String(size));
    mkdirSync(directory);
    const rows = await report.step(`measure ${size}`, () =>
      benchSize(root, peers, directory, size),
    );
    print(`${describeRows(rows)}\n`);
  }
}

async function benchSize(
  root: string,
  peers: Peers,
  scratch: string,
  size: number,
): Promise<readonly Row[]> {
  const tenants = Array.from({ length: size }, (_, index) => tenantOf(index));
  writeFileSync(join(scratch, 'tenants.json'), JSON.stringify({ tenants }));
  const $ = quietShell({ env: { TENANTRY_DIR: scratch } });
  const synth = () => measure($, process.execPath, [join(root, 'scripts/synth.ts')]);
  const cold = await synth();
  const unchanged = await synth();

  const files = readFiles(join(scratch, 'dist'));
  const model = tenantOf(0);
  const modelFiles = new Map(
    [...files].filter(([path]) => path.startsWith('_host/') || path.startsWith(`${model.id}/`)),
  );
  const subject = { $: peers.$, scratch, tenants, model, files: modelFiles };
  const some = { ...subject, tenants: tenants.slice(0, LOOP_RUNS) };
  const row = (way: string, took: Measure, { length } = tenants): Row => ({
    ...took,
    way,
    tenants: length,
  });
  const rows = [
    row('synth, cold', cold),
    row('synth, nothing changed', unchanged),
    row('the same bytes by a plain loop', writePlainly(files, join(scratch, 'plain'))),
    row('jsonnet -m', await jsonnet(subject, peers.jsonnet)),
    row('helm template, a loop', await helmLoop(some), some.tenants),
    row('kustomize build, a loop', await kustomizeLoop(some, peers.kustomize), some.tenants),
  ];
  refuseOther(files, readFiles(join(scratch, 'jsonnet')), `${tenantOf(size - 1).id}/`);
  return rows;
}

/** Figures compare where the other way wrote as many files, and the same content for the last tenant. */
function refuseOther(files: Files, others: Files, last: string): void {
  const isSame = (path: string) =>
    isDeepStrictEqual(load(String(files.get(path))), load(String(others.get(path))));
  const unlike = [...files.keys()].filter((path) => path.startsWith(last) && !isSame(path));
  if (others.size === files.size && unlike.length === 0) return;
  throw new Fault({
    what: 'the figures do not compare',
    why: `synth wrote ${files.size} files, jsonnet ${others.size}; other content: ${unlike.join(', ') || 'none'}`,
    todo: 'see scripts/lib/dev/bench-peers.ts',
  });
}

/** A line for each way; the last column says how many times the time of the first one it takes, a tenant. */
export function describeRows(rows: readonly Row[]): string {
  const [first] = rows;
  const perTenant = ({ seconds, tenants }: Row) => seconds / tenants;
  return table([
    ['', 'tenants', 'seconds', 'ms a tenant', 'CPU-seconds', 'peak MB', 'ratio'],
    ...rows.map((row) => [
      row.way,
      String(row.tenants),
      row.seconds.toFixed(2),
      (perTenant(row) * 1000).toFixed(2),
      row.cpu.toFixed(2),
      row.peak?.toFixed(0) ?? '-',
      first === undefined ? '' : (perTenant(row) / perTenant(first)).toFixed(2),
    ]),
  ]);
}

function tenantOf(index: number): BenchTenant {
  return { id: `tenant-${index}`, name: `Tenant ${index}` };
}
