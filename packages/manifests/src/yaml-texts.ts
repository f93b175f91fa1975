import { Document, Scalar, visit } from 'yaml';

/** With a base in front, such as `0o17` or `0X1F`: not every reader takes it for the same. */
const NUMBER_WITH_BASE = /^[-+]?0[bBoOxX]/;

/** A key with its colon. */
export const keyText = memo((key: string) => write({ [key]: {} }).slice(0, -' {}\n'.length));

/** A string, number or boolean. */
export const leafText = memo((leaf: unknown) =>
  write([leaf]).slice('- '.length, -'\n'.length).replaceAll('\n  ', '\n'),
);

/**
 * By the rules of YAML 1.1, under which more texts need quotes (`yes`, `1:30`), and by those of 1.2
 * and of Go's reader.
 */
function write(object: object): string {
  const document = new Document(object, { version: '1.1' });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && NUMBER_WITH_BASE.test(node.value)) {
        node.type = Scalar.QUOTE_DOUBLE;
      }
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Tenants have most texts in common, and the library takes its time over each. */
function memo<Input>(textOf: (input: Input) => string): (input: Input) => string {
  const known = new Map<Input, string>();
  return (input) => {
    const text = known.get(input) ?? textOf(input);
    known.set(input, text);
    return text;
  };
}
