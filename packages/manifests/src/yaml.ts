import { Document, Scalar, visit } from 'yaml';

/** With a base in front, such as `0o17` or `0X1F`: not every reader takes it for the same. */
const NUMBER_WITH_BASE = /^[-+]?0[bBoOxX]/;

/** The same in JSON: hardly any object has one, and the walk takes a tenth of all the time. */
const MAYBE_WITH_BASE = /"[-+]?0[bBoOxX]/;

/**
 * An object as YAML that reads back the same everywhere. It is written by the rules of YAML 1.1,
 * under which more texts need quotes (`yes`, `1:30`), and by those of 1.2 and of Go's reader.
 */
export function toYaml(object: object): string {
  // An alias for an object that occurs twice would be hard to review.
  const document = new Document(object, { version: '1.1', aliasDuplicateObjects: false });
  if (MAYBE_WITH_BASE.test(JSON.stringify(object))) quoteNumbersWithBase(document);
  return document.toString({ lineWidth: 0 });
}

function quoteNumbersWithBase(document: Document): void {
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && NUMBER_WITH_BASE.test(node.value)) {
        node.type = Scalar.QUOTE_DOUBLE;
      }
    },
  });
}
