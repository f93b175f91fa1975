import type { ManifestObject } from './manifest-object.ts';
import { toYaml } from './yaml.ts';

/** Files by their path, with `/` between the parts. */
export type Tree = ReadonlyMap<string, string>;

export function inDirectory(directory: string, files: Tree): Tree {
  return new Map([...files].map(([path, text]) => [`${directory}/${path}`, text]));
}

/** A file for each object; `prefix` is what stands before its name. */
export function filesOf(
  prefix: string,
  objects: readonly ManifestObject[],
  nameOf: (object: ManifestObject) => string = fileName,
): Tree {
  return new Map(objects.map((object) => [prefix + nameOf(object), toYaml(object)]));
}

/** `networkpolicy.default-deny.yaml`. */
export function fileName({ kind, metadata }: ManifestObject): string {
  return `${kind.toLowerCase()}.${metadata.name}.yaml`;
}

export function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
