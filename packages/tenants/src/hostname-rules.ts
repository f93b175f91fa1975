import type { Breach } from './breach.ts';
import { valueAt } from './explain.ts';
import { show } from './fault.ts';
import { isHostname } from './schema.ts';

/** A name that a tenant has beside the one that follows from its id. */
interface Claim {
  readonly name: string;
  readonly tenant: number;
  readonly path: readonly PropertyKey[];
}

/**
 * Who is reached where: a name is one tenant's, and none lies below another tenant's, for which it
 * could set cookies. What lies below `host.domain` follows from ids, of tenants to come as well.
 */
export function hostnameBreaches(file: unknown, tenants: readonly unknown[]): readonly Breach[] {
  const domain = valueAt(file, ['host', 'domain']);
  const claims = tenants.flatMap(claimsOf);
  const first = new Map<string, Claim>();
  for (const claim of claims) if (!first.has(claim.name)) first.set(claim.name, claim);
  return [
    ...hostBreaches(file, domain),
    ...claims.flatMap(({ name, tenant, path }): readonly Breach[] => {
      const breach = (why: string): Breach => ({ path, message: `found ${show(name)}; ${why}` });
      if (domain === undefined) return [breach('names need host.gateway and host.domain')];
      if (isHostname(domain) && (isWithin(name, domain) || isWithin(domain, name))) {
        return [
          breach(`all about host.domain, ${show(domain)}, is for names that follow from ids`),
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

/** A Gateway without a domain gives no names, and a domain without a Gateway leads nowhere. */
function hostBreaches(file: unknown, domain: unknown): readonly Breach[] {
  const gateway = valueAt(file, ['host', 'gateway']);
  if ((gateway === undefined) === (domain === undefined)) return [];
  return gateway === undefined
    ? [{ path: ['host', 'domain'], message: 'names lead nowhere without host.gateway; add it' }]
    : [{ path: ['host', 'gateway'], message: 'tenants have no names without host.domain; add it' }];
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
