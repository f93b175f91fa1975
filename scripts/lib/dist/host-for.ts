import { type Fleet, type Host, suggest } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';

/** The host that a tenant lives on, or, where it is new, is to live on. @throws UsageError */
export function hostFor(
  { hosts, tenants }: Pick<Fleet, 'hosts' | 'tenants'>,
  id: string,
  named: string | undefined,
): Host {
  const { host } = tenants.find((tenant) => tenant.id === id) ?? {};
  if (host !== undefined && named !== undefined && named !== host.name) {
    throw new UsageError(
      `${id} is on ${host.name} in tenants.json, not on ${named}; nothing was changed\n  → leave out --host`,
    );
  }
  const [only, ...others] = hosts;
  if (named === undefined && host === undefined && others.length > 0) {
    throw new UsageError(
      `--host is missing: tenants.json has several hosts; nothing was changed\n  → --host NAME, one of ${hosts.map(({ name }) => name).join(', ')}`,
    );
  }
  if (host !== undefined) return host;
  return named === undefined && only !== undefined ? only : hostNamed(hosts, named ?? '');
}

/** The host of that name. @throws UsageError with a suggestion */
export function hostNamed(hosts: readonly Host[], named: string): Host {
  const found = hosts.find(({ name }) => name === named);
  if (found !== undefined) return found;
  const names = hosts.map(({ name }) => name);
  const near = suggest(named, names);
  const hint = near === null ? `known: ${names.join(', ')}` : `did you mean ${near}?`;
  throw new UsageError(
    `no host ${JSON.stringify(named)} in tenants.json; nothing was changed\n  → ${hint}`,
  );
}
