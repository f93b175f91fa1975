import type { Breach } from './breach.ts';
import { valueAt } from './explain.ts';
import { formatPath, show } from './fault.ts';
import { DEFAULT_CONTEXT } from './names.ts';
import { suggest } from './suggest.ts';
import { DEFAULT_HOST } from './tenant.ts';

/** A host of tenants.json, well-formed or not. */
export interface HostEntry {
  readonly name: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** The hosts by either form; none where `hosts` is no object, so that nothing can be said of them. */
export function hostEntries(file: unknown): readonly HostEntry[] {
  const hosts = valueAt(file, ['hosts']);
  if (hosts === undefined) {
    return [{ name: DEFAULT_HOST, path: ['host'], value: valueAt(file, ['host']) ?? {} }];
  }
  if (typeof hosts !== 'object' || hosts === null || Array.isArray(hosts)) return [];
  return Object.entries(hosts).map(([name, value]) => ({ name, path: ['hosts', name], value }));
}

/** The host that a tenant lives on; null where that is not known. */
export function hostOf(tenant: unknown, hosts: readonly HostEntry[]): HostEntry | null {
  const named = valueAt(tenant, ['host']);
  const found =
    named === undefined && hosts.length === 1 ? hosts[0] : hosts.find(({ name }) => name === named);
  return found ?? null;
}

/** What is wrong with the hosts as a whole, and with what tenants say of them. */
export function hostBreaches(
  file: unknown,
  hosts: readonly HostEntry[],
  tenants: readonly unknown[],
): readonly Breach[] {
  return [
    ...bothForms(file),
    ...sameContexts(hosts),
    ...hosts.flatMap(engineBreaches),
    ...(hosts.length === 0
      ? []
      : tenants.flatMap((tenant, index) => reference(tenant, index, hosts))),
  ];
}

function bothForms(file: unknown): readonly Breach[] {
  const isBoth = ['host', 'hosts'].every((key) => valueAt(file, [key]) !== undefined);
  return isBoth
    ? [{ path: ['host'], message: 'it is the short form of hosts, which is there too; remove it' }]
    : [];
}

/** Two names of one cluster would be two owners of what lies on it. */
function sameContexts(hosts: readonly HostEntry[]): readonly Breach[] {
  const contextOf = ({ value }: HostEntry) => valueAt(value, ['context']) ?? DEFAULT_CONTEXT;
  return hosts.flatMap((host, index) => {
    const context = contextOf(host);
    const other = hosts.slice(0, index).find((earlier) => contextOf(earlier) === context);
    if (other === undefined) return [];
    const message = `found ${show(context)}; a host has a context of its own, and hosts.${other.name} has this one`;
    return [{ path: [...host.path, 'context'], message }];
  });
}

/** Flux applies what lies in a registry. */
function engineBreaches({ path, value }: HostEntry): readonly Breach[] {
  const isLost = valueAt(value, ['engine']) === 'flux' && valueAt(value, ['flux']) === undefined;
  if (!isLost) return [];
  const message = `found "flux"; it finds nothing to apply without ${formatPath(path)}.flux; add it`;
  return [{ path: [...path, 'engine'], message }];
}

function reference(tenant: unknown, index: number, hosts: readonly HostEntry[]): readonly Breach[] {
  const named = valueAt(tenant, ['host']);
  if (hostOf(tenant, hosts) !== null || (named !== undefined && typeof named !== 'string')) {
    return [];
  }
  const names = hosts.map(({ name }) => name);
  const near = named === undefined ? null : suggest(named, names);
  const hint =
    near === null ? `known hosts: ${names.map(show).join(', ')}` : `did you mean ${show(near)}?`;
  const message =
    named === undefined
      ? `missing; where there are several hosts, a tenant names its own; ${hint}`
      : `found ${show(named)}; no such host; ${hint}`;
  return [{ path: ['tenants', index, 'host'], message }];
}
