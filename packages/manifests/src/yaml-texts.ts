import { Document } from 'yaml';
import { memo } from './memo.ts';

/** Longer keys are written with a question mark in front: readers look only so far for a colon. */
const LONGEST_SIMPLE_KEY = 1000;

/**
 * What some reader refuses, drops or takes for a line break: control characters, U+0085, U+2028,
 * U+2029, the byte order mark, U+FFFE and U+FFFF. A tab is among them, because at the start of a
 * line Go takes it for bad indentation. The line feed is not.
 */
const UNSAFE = /(?!\n)[\p{Cc}\u2028\u2029\uFEFF\uFFFE\uFFFF]/gu;

/** Words that mean something else than their letters under YAML 1.1 or 1.2, in any case. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?\.inf|\.nan)$/i;

/** With a base in front, such as `0o17` or `0X1F`. */
const NUMBER_WITH_BASE = /^[-+]?0[bBoOxX]/;

/** `1_000`, `.5`, `1e3`, `012`: an underscore counts for nothing. */
const NUMBER = /^[-+]?(?:\.[\d_]+|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?[\d_]+)?$/;

/** `e3`: readers of YAML 1.1 take it for a number that has no digits in front. */
const EXPONENT = /^[-+]?\.?[eE][-+]?[\d_]+$/;

/** `1:30`, which is ninety to YAML 1.1. */
const SEXAGESIMAL = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;

/** `2026-1-1`, with or without a time behind it. */
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt\s])/;

/** Letters, digits and what starts nothing in YAML: the library writes them as they are. */
const SIMPLE = /^[A-Za-z0-9](?:[\w ./-]*[\w./-])?$/;

const OTHER_TYPES = [WORD, NUMBER_WITH_BASE, NUMBER, EXPONENT, SEXAGESIMAL, TIMESTAMP];

// Tenants have most texts in common, and the library takes its time over each.

/** A key with its colon. */
export const keyText = memo(textOfKey);

function textOfKey(key: string): string {
  const isSimple = key.length <= LONGEST_SIMPLE_KEY && !key.includes('\n') && !mustBeQuoted(key);
  if (isSimple) return write({ [key]: {} }).slice(0, -' {}\n'.length);
  const text = quoted(key);
  return text.length > LONGEST_SIMPLE_KEY ? `? ${text}\n:` : `${text}:`;
}

/** A string, number or boolean. */
export const leafText = memo(textOfLeaf);

function textOfLeaf(leaf: unknown): string {
  if (typeof leaf === 'number') return numberText(leaf);
  if (typeof leaf !== 'string') return String(leaf);
  return mustBeQuoted(leaf) || !isPlainBlock(leaf) ? quoted(leaf) : byLibrary(leaf);
}

/** Whether a reader could take the text for something else than these very characters. */
function mustBeQuoted(text: string): boolean {
  return (
    !text.isWellFormed() ||
    text.search(UNSAFE) !== -1 ||
    OTHER_TYPES.some((form) => form.test(text))
  );
}

/** Whether a text of several lines can stand as a block: each line begins and ends visibly. */
function isPlainBlock(text: string): boolean {
  return !text.includes('\n') || !/^[\s]|[ ]\n|[ ]$|\n\n$|\n +(?:\n|$)/.test(text);
}

/** On one line between double quotes, which every reader reads alike. */
function quoted(text: string): string {
  if (!text.isWellFormed()) {
    throw new TypeError(`half of a character cannot be written: ${JSON.stringify(text)}`);
  }
  return JSON.stringify(text).replaceAll(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

/** A float has a point, without which PyYAML takes `1e+21` for a string. */
function numberText(number: number): string {
  return String(number).replace(/^(-?\d+)e/, '$1.0e');
}

function byLibrary(text: string): string {
  if (SIMPLE.test(text)) return text;
  return write([text]).slice('- '.length, -'\n'.length).replaceAll('\n  ', '\n');
}

/** The library's choice of quotes, under the stricter rules of YAML 1.1. */
function write(object: object): string {
  return new Document(object, { version: '1.1' }).toString({ lineWidth: 0 });
}
