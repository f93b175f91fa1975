import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { quietShell, run, type Shell } from '../cli/shell.ts';
import { measure, type Measure, measureHere } from './measure.ts';

/** Tenants of the bench differ in these alone. */
export interface BenchTenant {
  readonly id: string;
  readonly name: string;
}

/** Files by path. */
export type Files = ReadonlyMap<string, Buffer>;

/** Where a tool of packages/proofs/peers is, compiled if need be. */
export async function compilePeer(
  root: string,
  signal: AbortSignal,
  name: string,
): Promise<string> {
  const env = {
    CGO_ENABLED: '0',
    GOFLAGS: '-trimpath -buildvcs=false -mod=readonly',
    GOWORK: 'off',
  };
  const directory = join(root, 'packages/proofs/peers');
  const path = await run(quietShell({ env, signal }), 'go', ['-C', directory, 'tool', '-n', name]);
  return path.trim();
}

export function readFiles(directory: string): Files {
  return new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(directory.length + 1), readFileSync(path)]),
  );
}

/** The same bytes by a loop that makes each directory, then writes each file, and does nothing else. */
export function writePlainly(files: Files, out: string): Measure {
  const directories = new Set([...files.keys()].map((path) => dirname(path)));
  return measureHere(() => {
    for (const directory of directories) mkdirSync(join(out, directory), { recursive: true });
    for (const [path, bytes] of files) writeFileSync(join(out, path), bytes);
  });
}

/** What the peers make the objects of their tenants from. */
export interface Subject {
  readonly $: Shell;
  readonly scratch: string;
  readonly tenants: readonly BenchTenant[];
  readonly model: BenchTenant;
  /** What synth wrote for the model and for the host. */
  readonly files: Files;
}

/** `helm template`, a process a tenant, over a chart of the model's objects with id and name as values. */
export async function helmLoop(subject: Subject): Promise<Measure> {
  const { scratch, model } = subject;
  const chart = join(scratch, 'chart');
  write(chart, 'Chart.yaml', 'apiVersion: v2\nname: bench\nversion: 0.0.0\n');
  for (const [path, text] of objectsOf(subject)) {
    const template = text.replaceAll(model.name, '{{ .Values.name }}');
    write(chart, `templates/${path}`, template.replaceAll(model.id, '{{ .Values.id }}'));
  }
  return loop(subject, `helm template "$1" '${chart}' --set "id=$1,name=$2"`);
}

/** `kustomize build`, a process a tenant: an overlay sets namespace, label and name over the model's objects. */
export async function kustomizeLoop(subject: Subject, kustomize: string): Promise<Measure> {
  const directory = join(subject.scratch, 'kustomize');
  const resources = objectsOf(subject);
  for (const [path, text] of resources) write(directory, `base/${path}`, text);
  write(directory, 'base/kustomization.yaml', JSON.stringify({ resources: [...resources.keys()] }));
  for (const { id, name } of subject.tenants) {
    const patch = JSON.stringify([{ op: 'add', path: '/metadata/annotations', value: { name } }]);
    const overlay = {
      resources: ['../base'],
      namespace: `vcluster-tenant-${id}`,
      labels: [{ pairs: { 'tenantry.dev/tenant': id } }],
      patches: [{ target: { kind: 'ConfigMap' }, patch }],
    };
    write(directory, `${id}/kustomization.yaml`, JSON.stringify(overlay));
  }
  return loop(subject, `'${kustomize}' build '${directory}'/"$1"`);
}

/** `jsonnet -m`: one evaluation that writes as many files with the same content, as JSON. */
export async function jsonnet(subject: Subject, command: string): Promise<Measure> {
  const { $, scratch, tenants } = subject;
  write(scratch, 'jsonnet-tenants.json', JSON.stringify(tenants));
  write(scratch, 'bench.jsonnet', jsonnetSource(subject));
  return measure($, command, [
    '-c',
    '-m',
    join(scratch, 'jsonnet'),
    join(scratch, 'bench.jsonnet'),
  ]);
}

/** The host's files, and those of each tenant by a function of its id and name; what has neither is made once. */
export function jsonnetSource({ files, model }: Pick<Subject, 'files' | 'model'>): string {
  const below = (prefix: string) =>
    [...files]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, bytes]) => [path, load(bytes.toString())] as const);
  const shared: string[] = [];
  const ofTenant = below(`${model.id}/`).map(([path, value]) => {
    const text = expression(value, model);
    const field = textExpression(path, model);
    if (text !== expression(value, null)) return `  [${field}]: ${text},`;
    shared.push(`  ${text},`);
    return `  [${field}]: shared[${shared.length - 1}],`;
  });
  const ofHost = below('_host/').map(
    ([path, value]) => `  ${JSON.stringify(path)}: ${expression(value, null)},`,
  );
  return `local shared = [
${shared.join('\n')}
];
local files(id, name) = {
${ofTenant.join('\n')}
};
{
${ofHost.join('\n')}
} + {
  [file.key]: file.value
  for tenant in import 'jsonnet-tenants.json'
  for file in std.objectKeysValues(files(tenant.id, tenant.name))
}
`;
}

/** Plain data as an expression in Jsonnet, of `id` and `name` where it holds the model's. */
function expression(value: unknown, model: BenchTenant | null): string {
  if (typeof value === 'string') return textExpression(value, model);
  if (Array.isArray(value)) return `[${value.map((item) => expression(item, model)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([key, child]) => `[${textExpression(key, model)}]: ${expression(child, model)}`,
  );
  return `{${fields.join(', ')}}`;
}

function textExpression(text: string, model: BenchTenant | null): string {
  if (model === null) return JSON.stringify(text);
  const { id, name } = model;
  if (text === createHash('sha256').update(name).digest('hex')) return 'std.sha256(name)';
  if (text === name) return 'name';
  return text
    .split(id)
    .map((part) => JSON.stringify(part))
    .join(' + id + ');
}

/** Runs a line of shell for each tenant, with its id as `$1` and its name as `$2`. */
async function loop({ $, tenants }: Subject, line: string): Promise<Measure> {
  const script = `while [ $# -gt 0 ]; do ${line} >/dev/null || exit; shift 2; done`;
  return measure($, 'sh', ['-c', script, 'sh', ...tenants.flatMap(({ id, name }) => [id, name])]);
}

/** The model's objects: no values, no tenant.json. */
function objectsOf({ files, model }: Subject): ReadonlyMap<string, string> {
  const prefix = `${model.id}/`;
  return new Map(
    [...files]
      .filter(([path]) => path.startsWith(prefix) && path.slice(prefix.length).includes('/'))
      .map(([path, bytes]) => [path.slice(prefix.length), bytes.toString()]),
  );
}

function write(directory: string, path: string, text: string): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
