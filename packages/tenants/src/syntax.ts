import { type ParseError, type ParseErrorCode, printParseErrorCode } from 'jsonc-parser';
import { visible } from './fault.ts';

const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol:
    'keys and texts stand in double quotes; other values are numbers, true, false, null, […], {…}',
  InvalidNumberFormat: 'a number is written like 7 or 0.5',
  UnexpectedEndOfNumber: 'a number is written like 7 or 0.5',
  PropertyNameExpected: 'a key in double quotes is expected, and no comma behind the last one',
  ValueExpected: 'a value is expected, and no comma behind the last one',
  ColonExpected: '":" is expected between a key and its value',
  CommaExpected: '"," is expected',
  CloseBraceExpected: '"}" is expected',
  CloseBracketExpected: '"]" is expected',
  EndOfFileExpected: 'nothing is expected behind the end of the document',
  InvalidCommentToken: 'comments are not allowed',
  UnexpectedEndOfComment: 'comments are not allowed',
  UnexpectedEndOfString: 'a string ends with a double quote in the same line',
  InvalidUnicode: '\\u takes four hexadecimal digits',
  InvalidEscapeCharacter: 'the escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u',
  InvalidCharacter: 'a control character in a string is written \\u and four hexadecimal digits',
};

const LONGEST_LINE = 30;

const CONFLICT = /^(?:<{7}|={7}|>{7})/;

/** Says of a text that is no JSON what was found and what is expected there. */
export function syntaxMessage({ error, offset }: ParseError, source: string): string {
  const rest = source.slice(offset, offset + 1000);
  if (rest.trim() === '') return `not JSON: found the end of the file; ${expected(error)}`;
  if (CONFLICT.test(rest)) return 'not JSON: found the marks of a merge conflict; resolve it';
  const line = rest.split(/\r?\n/, 1)[0] ?? '';
  const found = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
  return `not JSON: found \`${visible(found)}\`; ${expected(error)}`;
}

function expected(error: ParseErrorCode): string {
  const code = printParseErrorCode(error);
  return EXPECTED[code] ?? code;
}
