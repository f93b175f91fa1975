import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

interface Schema {
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What packages/manifests/crds has of a CustomResourceDefinition. */
interface Definition {
  /** Where it is from: `<Go module>@<version>/<file>`. */
  readonly origin: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly schema: Schema;
}

export function readDefinition(kind: string): Definition {
  const file = join(import.meta.dirname, '../crds', `${kind.toLowerCase()}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Definition;
}

/** What is wrong with an object by the definition of its kind, as an API server that is strict sees it. */
export function validatorOf(kind: string): (object: object) => readonly string[] {
  const { schema, apiVersion } = readDefinition(kind);
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    unicodeRegExp: false,
    formats: { int32: true, int64: true, 'date-time': true },
  });
  const validate = ajv.compile(closed(schema) as object);
  return (object) => {
    const wrongVersion = (object as { apiVersion?: unknown }).apiVersion !== apiVersion;
    validate(object);
    return [
      ...(wrongVersion ? [`apiVersion is not ${apiVersion}`] : []),
      ...(validate.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${instancePath} ${message} ${JSON.stringify(params)}`,
      ),
    ];
  };
}

/** Without keys that the schema does not name, where it names some. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value)]),
  );
  const isOpen =
    copy['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in copy;
  return copy['type'] === 'object' && 'properties' in copy && !isOpen
    ? { ...copy, additionalProperties: false }
    : copy;
}
