/** One thing that is wrong with tenants.json. */
export interface Fault {
  /** Where in the document: `tenants[3].id`; empty for the document itself. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** What was found and what is allowed. */
  readonly message: string;
}

/** tenants.json cannot be used; `faults` holds everything that is wrong, in the order of the file. */
export class InvalidTenants extends Error {
  override name = 'InvalidTenants';
  readonly faults: readonly Fault[];

  constructor(file: string, faults: readonly Fault[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(
      [`${file} has ${count}; nothing was written:`, ...faults.map(formatFault(file))].join('\n'),
    );
    this.faults = faults;
  }
}

function formatFault(file: string): (fault: Fault) => string {
  return ({ path, line, column, message }) =>
    `  ${file}:${line}:${column}  ${path === '' ? '' : `${path}: `}${message}`;
}

/** `['tenants', 3, 'id']` as `tenants[3].id`; a key that is no plain word is quoted. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const key = String(part);
      if (!/^[\w$-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}

const LONGEST_SHOWN = 60;

/** A value as an error message shows it: JSON on one line, control characters escaped, cut short. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value).replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}
