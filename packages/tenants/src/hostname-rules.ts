import type { Breach } from './breach.ts';
import { valueAt } from './explain.ts';
import { formatPath, show } from './fault.ts';
import { type HostEntry, hostOf } from './host-rules.ts';
import { isHostname } from './schema.ts';

/** A name that a tenant has beside the one that follows from its id. */
interface Claim {
  readonly name: string;
  readonly tenant: number;
  readonly path: readonly PropertyKey[];
}

/**
 * Who is reached where: a name is one tenant's, and none lies below another tenant's, for which it
 * could set cookies. What lies below a host's domain follows from ids, of tenants to come as well.
 */
export function hostnameBreaches(
  hosts: readonly HostEntry[],
  tenants: readonly unknown[],
): readonly Breach[] {
  const domains = hosts.flatMap(({ path, value }): readonly Domain[] => {
    const domain = valueAt(value, ['domain']);
    return isHostname(domain) ? [{ path, where: formatPath(path), domain }] : [];
  });
  const claims = tenants.flatMap(claimsOf);
  const first = new Map<string, Claim>();
  for (const claim of claims) if (!first.has(claim.name)) first.set(claim.name, claim);
  return [
    ...hosts.flatMap(gatewayBreaches),
    ...domains.flatMap((each) => nestedDomain(each, domains)),
    ...claims.flatMap(({ name, tenant, path }): readonly Breach[] => {
      const breach = (why: string): Breach => ({ path, message: `found ${show(name)}; ${why}` });
      const host = hostOf(tenants[tenant], hosts);
      if (host !== null && valueAt(host.value, ['domain']) === undefined) {
        const where = formatPath(host.path);
        return [breach(`names need ${where}.gateway and ${where}.domain`)];
      }
      const met = domains.find(({ domain }) => isWithin(name, domain) || isWithin(domain, name));
      if (met !== undefined) {
        const { where, domain } = met;
        return [
          breach(`all about ${where}.domain, ${show(domain)}, is for names that follow from ids`),
        ];
      }
      const owner = first.get(name);
      if (owner !== undefined && owner.path !== path) {
        return [breach(`names are unique, and tenants[${owner.tenant}] has this one`)];
      }
      const above = parents(name).flatMap((parent) => first.get(parent) ?? []);
      const other = above.find((parent) => parent.tenant !== tenant);
      return other === undefined
        ? []
        : [
            breach(
              `it lies below ${show(other.name)}, which is a name of tenants[${other.tenant}]`,
            ),
          ];
    }),
  ];
}

interface Domain {
  readonly path: readonly string[];
  /** The same as text. */
  readonly where: string;
  readonly domain: string;
}

/** A host's domain below another's would lie below the name of a tenant there. */
function nestedDomain({ path, domain }: Domain, domains: readonly Domain[]): readonly Breach[] {
  const above = domains.find((other) => other.domain !== domain && isWithin(domain, other.domain));
  if (above === undefined) return [];
  const message = `found ${show(domain)}; it lies below ${above.where}.domain, ${show(above.domain)}, where a tenant's name could be above it; use the same one, or one beside it`;
  return [{ path: [...path, 'domain'], message }];
}

/** A Gateway without a domain gives no names, and a domain without a Gateway leads nowhere. */
function gatewayBreaches({ path, value }: HostEntry): readonly Breach[] {
  const [gateway, domain] = [valueAt(value, ['gateway']), valueAt(value, ['domain'])];
  if ((gateway === undefined) === (domain === undefined)) return [];
  const where = formatPath(path);
  return gateway === undefined
    ? [
        {
          path: [...path, 'domain'],
          message: `names lead nowhere without ${where}.gateway; add it`,
        },
      ]
    : [
        {
          path: [...path, 'gateway'],
          message: `tenants have no names without ${where}.domain; add it`,
        },
      ];
}

function claimsOf(entry: unknown, tenant: number): readonly Claim[] {
  const names = valueAt(entry, ['hostnames']);
  return (Array.isArray(names) ? (names as readonly unknown[]) : []).flatMap((name, index) =>
    isHostname(name) ? [{ name, tenant, path: ['tenants', tenant, 'hostnames', index] }] : [],
  );
}

function isWithin(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}

/** `a.b.c` lies below `b.c` and `c`. */
function parents(name: string): readonly string[] {
  return [...name.matchAll(/\./g)].map(({ index }) => name.slice(index + 1));
}
