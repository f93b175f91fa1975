import type { z } from 'zod';
import type { Document } from './document.ts';
import type { Fault } from './fault.ts';
import { show } from './fault.ts';
import { suggest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** Says of each thing the schema refused what was found and what is allowed. */
export function explain(issue: Issue, document: Document, known: KnownKeys): readonly Fault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const keys = known(issue.path);
      const near = suggest(key, keys);
      const others = keys.length === 0 ? 'remove it' : `allowed: ${keys.join(', ')}`;
      const hint = near === null ? others : `did you mean ${near}?`;
      return document.keyFault(issue.path, key, `unknown key; ${hint}`);
    });
  }
  if (issue.code === 'invalid_key') {
    const message = issue.issues[0]?.message ?? issue.message;
    const key = String(issue.path.at(-1));
    return [document.keyFault(issue.path.slice(0, -1), key, message)];
  }
  const found = valueAt(document.value, issue.path);
  const what = found === undefined ? 'missing' : `found ${show(found)}`;
  return [document.fault(issue.path, `${what}; ${allowed(issue, found)}`)];
}

/** The keys that the schema knows at a path. */
export type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

const NAMES_OF_TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list ([…])',
  object: 'an object ({…})',
  record: 'an object ({…})',
};

function allowed(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type': {
      // Where the schema has words of its own, they say more.
      if (!issue.message.startsWith('Invalid input')) return issue.message;
      const wanted = NAMES_OF_TYPES[issue.expected] ?? issue.expected;
      return found === undefined ? `${wanted} is required` : `${wanted} is expected`;
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const near = typeof found === 'string' ? suggest(found, values) : null;
      const hint = near === null ? '' : `; did you mean ${show(near)}?`;
      return `allowed: ${values.map(show).join(', ')}${hint}`;
    }
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `at least ${issue.minimum} is expected`
        : issue.message;
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `at most ${issue.maximum} is expected`
        : issue.message;
    default:
      return issue.message;
  }
}

/** What lies at a path of keys of one's own, `__proto__` being a key like others. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (parent, key) =>
      typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key)
        ? (parent as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}
