import { type FieldChange, isSameKeyOrder, reviewedChanges } from '../field-diff.ts';
import type { Risk } from '../risks/risk.ts';
import { risksOf } from '../risks/risks-of.ts';
import { CHART_FILE, isAsWritten, parseFile, subjectOf, type YamlWriter } from './documents.ts';
import { lineDiff } from './line-diff.ts';
import type { FileVersions, TreeFile } from './tree-file.ts';

/** What changes in one object, or in a file that holds none. */
export interface ReviewedChange {
  /** `raw` is told by the lines of the file: bytes that no field accounts for. */
  readonly kind: 'create' | 'update' | 'delete' | 'raw';
  /** `v1 ConfigMap default/tenant-id`, or the path of a file. */
  readonly object: string;
  readonly fields: readonly FieldChange[];
  /** With `-` or `+` in front. */
  readonly lines: readonly string[];
  readonly risks: readonly Risk[];
}

/** A file's two versions, with the names of its tenant taken out where many have the same. */
export interface FileToReview {
  /** As it is read; its path begins in the tenant's directory. */
  readonly file: FileVersions;
  /** As it is shown. */
  readonly shown: FileVersions;
  /** Whether its tenant is new, or gone, with all that it has. */
  readonly tenant: 'new' | 'gone' | 'stays';
}

/** All that changes in a file, and each byte of it. */
export function reviewFile(
  { file, shown, tenant }: FileToReview,
  write: YamlWriter,
): readonly ReviewedChange[] {
  const { path } = shown;
  const raw: ReviewedChange = {
    kind: 'raw',
    object: path,
    fields: [],
    lines: lineDiff(shown),
    risks: [],
  };
  const before = parseFile(path, shown.before);
  const after = parseFile(path, shown.after);
  if (before === null || after === null) return [raw];
  const objects = [...new Set([...before.values.keys(), ...after.values.keys()])];
  const changes = objects.flatMap((object): readonly ReviewedChange[] => {
    const [was, is] = [before.values.get(object), after.values.get(object)];
    const kind = was === undefined ? 'create' : is === undefined ? 'delete' : 'update';
    const fields = kind === 'delete' ? [] : reviewedChanges(was ?? {}, is);
    if (kind === 'update' && fields.length === 0) return [];
    const subject = subjectOf(after.what, was, is, tenant === 'new');
    const isJudged = subject !== null && (tenant !== 'gone' || subject.kind === 'tenant');
    return [{ kind, object, fields, lines: [], risks: isJudged ? risksOf(object, subject) : [] }];
  });
  const isExplained =
    file.after === null ||
    path === CHART_FILE ||
    (changes.length > 0 &&
      isWritten(file, file.before, write) &&
      isWritten(file, file.after, write) &&
      objects.every((object) =>
        isSameKeyOrder(before.values.get(object), after.values.get(object)),
      ));
  return isExplained ? changes : [...changes, raw];
}

function isWritten({ path }: FileVersions, version: TreeFile | null, write: YamlWriter): boolean {
  return isAsWritten(path, version, write);
}
