import { z } from 'zod';
import { show } from './fault.ts';
import { keysAt } from './schema-keys.ts';
import { CLOSED, PAID } from './vcluster-closed.ts';
import { OPEN } from './vcluster-open.ts';
import { vclusterSchema } from './vcluster-schema.ts';

/** Values for the vcluster chart that are a plan's own, checked against the chart and our tables. */
export const vclusterValues = z
  .record(z.string(), z.unknown())
  .check(({ value, issues }) => {
    const misfits = z.safeParse(vclusterSchema(), value).error?.issues ?? [];
    for (const issue of misfits) {
      issues.push({ ...issue, path: [...issue.path], input: value } as (typeof issues)[number]);
    }
    const faulty = new Set(misfits.map(({ path }) => path.join('.')));
    for (const { path, message } of refusals(value)) {
      if (faulty.has(path.join('.'))) continue;
      issues.push({ code: 'custom', path: [...path], message, input: value });
    }
  })
  .meta({
    description:
      'Values for the vcluster chart, merged under the hardening: what it sets or closes stays.',
    examples: [{ sync: { toHost: { pods: { runtimeClassName: 'gvisor' } } } }],
  });

interface Refusal {
  readonly path: readonly string[];
  readonly message: string;
}

/** What of well-formed values a plan may not set, in the order of the values. */
function refusals(value: unknown, path: readonly string[] = []): readonly Refusal[] {
  const at = path.join('.');
  const check = OPEN.get(at);
  if (check !== undefined) {
    const message = check(value);
    return message === null ? [] : [{ path, message }];
  }
  if (PAID.get(at)?.(value) === true) {
    return [{ path, message: 'a paid feature: the free image would not start; remove it' }];
  }
  const known = keysAt(vclusterSchema(), path);
  if (typeof value === 'object' && value !== null && known.length > 0) {
    // What the schema does not know has its fault already.
    return Object.entries(value)
      .filter(([key]) => known.includes(key))
      .flatMap(([key, inner]) => refusals(inner, [...path, key]));
  }
  return [{ path, message: `closed to plans: ${reason(path)}; remove it` }];
}

/** Why a path is closed, by the longest path in the table that it lies under. */
function reason(path: readonly string[]): string {
  for (let length = path.length; length > 0; length -= 1) {
    const found = CLOSED.get(path.slice(0, length).join('.'));
    if (found !== undefined) return found;
  }
  return `nobody has checked what ${show(path[0])} does to other tenants`;
}
