import type { Version } from '@tenantry/tenants';
import { moment, type Note } from './notes.ts';

/** Who goes by another name than before: a new name, or another customer under the same id. */
export function nameNotes(versions: readonly Version[]): readonly Note[] {
  let names: ReadonlyMap<string, string> = new Map();
  return versions.flatMap(({ at, tenants }) => {
    if (tenants === null) return [];
    const before = names;
    names = new Map(tenants.map(({ id, name }) => [id, name]));
    return tenants.flatMap(({ id, name }) => {
      const earlier = before.get(id);
      if (earlier === undefined || earlier === name) return [];
      const change = `${JSON.stringify(earlier)} is ${JSON.stringify(name)} from ${moment(at)} on`;
      const text = `${id}: ${change}, counted as one; where it is another customer, ask twice, with --to and --from`;
      return [{ kind: 'name' as const, text, concerns: { from: at - 1, to: at + 1 } }];
    });
  });
}
