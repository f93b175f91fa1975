import { type KubeObject, referenceOf } from '../tools/kubectl.ts';

/** Fields of an object that a server-side apply would take from another manager. */
export interface Conflict {
  readonly manager: string;
  /** `.data.TENANT_ID`. */
  readonly fields: readonly string[];
}

/** The conflict of one object. */
export interface ObjectConflict extends Conflict {
  readonly object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;
}

const MANAGER = /conflicts? with "([^"]*)"(?: with subresource "[^"]*")? using [^\s:]+:(.*)/;

/** What kubectl says of conflicts: `conflict with "kubectl-edit" using v1: .data.a`, or a list. */
export function parseConflicts(stderr: string): readonly Conflict[] {
  const conflicts: { manager: string; fields: string[] }[] = [];
  for (const line of stderr.split('\n')) {
    const [, manager, field = ''] = MANAGER.exec(line) ?? [];
    const listed = /^- (\..*)$/.exec(line)?.[1];
    if (manager !== undefined) {
      conflicts.push({ manager, fields: field.trim() === '' ? [] : [field.trim()] });
    } else if (listed !== undefined) {
      conflicts.at(-1)?.fields.push(listed.trim());
    }
  }
  return conflicts;
}

/** A line per field: the object, the field, and who has set it. */
export function describeConflicts(conflicts: readonly ObjectConflict[]): string {
  return conflicts
    .flatMap(({ object, manager, fields }) =>
      (fields.length === 0 ? ['a field'] : fields).map(
        (field) => `${referenceOf(object)} ${field}: set by ${manager}`,
      ),
    )
    .join('\n    ');
}
