import type { ManifestObject } from './manifest-object.ts';
import { fileName, type Tree } from './tree.ts';
import { yamlTemplate } from './yaml.ts';

/** Stands for an id in what is made for any tenant; no id, name or context can hold it. */
export const ANY_ID = '\uE000';

/** A file for any id. */
export interface FileTemplate {
  readonly path: (id: string) => string;
  readonly text: (id: string) => string;
}

/** A template for each object of a tenant called ANY_ID; `prefix` is what stands before their names. */
export function fileTemplates(
  prefix: string,
  objects: readonly ManifestObject[],
): readonly FileTemplate[] {
  return objects.map((object) => fileTemplate(prefix + fileName(object), object));
}

export function fileTemplate(path: string, content: object): FileTemplate {
  return {
    path: (id) => path.replaceAll(ANY_ID, id),
    text: yamlTemplate(content, ANY_ID),
  };
}

/** The files for an id. */
export function filled(templates: readonly FileTemplate[], id: string): Tree {
  return new Map(templates.map(({ path, text }) => [path(id), text(id)]));
}
