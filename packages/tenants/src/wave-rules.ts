import type { Breach } from './breach.ts';
import { valueAt } from './explain.ts';
import { show } from './fault.ts';
import { referenceBreaches } from './reference-rules.ts';
import { DEFAULT_WAVES } from './schema.ts';
import { LAST_WAVE } from './tenant.ts';

/** What is wrong with the order of the waves, and with what tenants say of waves. */
export function waveBreaches(file: unknown): readonly Breach[] {
  const waves = valueAt(file, ['waves']) ?? DEFAULT_WAVES;
  if (!Array.isArray(waves)) return [];
  return [
    ...waves.flatMap((name: unknown, index): readonly Breach[] => {
      const message = nameFault(name, waves.indexOf(name), index);
      return message === null ? [] : [{ path: ['waves', index], message }];
    }),
    ...referenceBreaches(file, 'wave', [...waves.map(String), LAST_WAVE.name]),
  ];
}

function nameFault(name: unknown, first: number, index: number): string | null {
  if (name === LAST_WAVE.name) {
    return `found ${show(name)}; this is the wave of all others, after those that are listed; remove it`;
  }
  return first === index
    ? null
    : `found ${show(name)}; a wave is listed once, and waves[${first}] is this one`;
}
