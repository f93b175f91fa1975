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
      if (!/^[\w$-]{1,60}$/.test(key)) return `[${show(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}

const LONGEST_SHOWN = 60;

/** A value as an error message shows it: JSON on one line, cut short, nothing in it invisible. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  return visible(typeof value === 'number' ? String(value) : JSON.stringify(value));
}

/** A text cut short, with control, direction and other invisible characters as `\u202e`. */
export function visible(text: string): string {
  const escaped = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeUnits);
  const short = escaped.slice(0, LONGEST_SHOWN).replace(/[\uD800-\uDBFF]$/, '');
  return escaped.length <= LONGEST_SHOWN ? escaped : `${short}…`;
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}
