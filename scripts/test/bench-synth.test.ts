import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { quietShell } from '../lib/cli/shell.ts';
import { jsonnetSource } from '../lib/dev/bench-peers.ts';
import { describeRows } from '../lib/dev/bench-synth.ts';
import { measure, readMeasure } from '../lib/dev/measure.ts';

test('what GNU time says is seconds, processor time of both kinds, and megabytes', () => {
  expect(readMeasure('2.50 1.25 0.50 154552\n')).toEqual({
    seconds: 2.5,
    cpu: 1.75,
    peak: 154.552,
  });
});

test('a machine without GNU time is told what to install', async () => {
  await expect(measure(quietShell({ env: { PATH: '/nonexistent' } }), 'node', [])).rejects.toThrow(
    'nothing was measured: there is no GNU time on PATH, or no node\n  → install it (Debian: time)',
  );
});

test('ratios are of the time a tenant, by the first way', () => {
  const ours = { way: 'synth, cold', tenants: 100, seconds: 2, cpu: 1.5, peak: 150.4 };
  const loop = { way: 'a loop', tenants: 20, seconds: 1, cpu: 0.9, peak: null };
  expect(describeRows([ours, loop])).toBe(
    [
      '             tenants  seconds  ms a tenant  CPU-seconds  peak MB  ratio',
      'synth, cold  100      2.00     20.00        1.50         150      1.00',
      'a loop       20       1.00     50.00        0.90         -        2.50',
    ].join('\n'),
  );
});

test('in Jsonnet the model’s id and name are variables wherever they stand, and nothing else is', () => {
  const sum = createHash('sha256').update('T 0').digest('hex');
  const files = {
    '_host/a.yaml': 'kind: A\n',
    't-0/same.yaml': 'kind: B\n',
    't-0/b.x-t-0.yaml': `name: x-t-0\nt-0/key: [1, null, "T 0", "T 01"]\nsum: ${sum}\nempty: {}\n`,
  };
  const buffers = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  expect(jsonnetSource({ files: buffers, model: { id: 't-0', name: 'T 0' } })).toBe(
    `local shared = [
  {["kind"]: "B"},
];
local files(id, name) = {
  ["" + id + "/same.yaml"]: shared[0],
  ["" + id + "/b.x-" + id + ".yaml"]: {["name"]: "x-" + id + "", ["" + id + "/key"]: [1, null, name, "T 01"], ["sum"]: std.sha256(name), ["empty"]: {}},
};
{
  "_host/a.yaml": {["kind"]: "A"},
} + {
  [file.key]: file.value
  for tenant in import 'jsonnet-tenants.json'
  for file in std.objectKeysValues(files(tenant.id, tenant.name))
}
`,
  );
});
