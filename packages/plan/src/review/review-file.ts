import { type FieldChange, isSameKeyOrder, reviewedChanges } from '../field-diff.ts';
import type { Risk } from '../risks/risk.ts';
import { risksOf } from '../risks/risks-of.ts';
import { type Documents, isAsWritten, parseFile, subjectOf, type YamlWriter } from './documents.ts';
import { lineDiff } from './line-diff.ts';
import type { FileVersions } from './tree-file.ts';

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
  /** Whether its tenant is new, or gone, with all that it has, or has changed. */
  readonly tenant: 'new' | 'gone' | 'changed';
}

/** All that changes in a file, and each byte of it. */
export function reviewFile(
  { file, shown, tenant }: FileToReview,
  write: YamlWriter,
): readonly ReviewedChange[] {
  const before = parseFile(shown.path, shown.before);
  const after = parseFile(shown.path, shown.after);
  if (before === null || after === null) return [rawChange(shown)];
  const changes = documentChanges(before, after, tenant);
  const isExplained =
    file.after === null ||
    (changes.length > 0 &&
      isAsWritten(file.path, file.before, write) &&
      isAsWritten(file.path, file.after, write) &&
      [...before.values].every(([object, was]) => isSameKeyOrder(was, after.values.get(object))));
  return isExplained ? changes : [...changes, rawChange(shown)];
}

/** What changes in what two versions of a file hold. */
export function documentChanges(
  before: Documents,
  after: Documents,
  tenant: FileToReview['tenant'],
): readonly ReviewedChange[] {
  const objects = [...new Set([...before.values.keys(), ...after.values.keys()])];
  return objects.flatMap((object): readonly ReviewedChange[] => {
    const [was, is] = [before.values.get(object), after.values.get(object)];
    const kind = was === undefined ? 'create' : is === undefined ? 'delete' : 'update';
    const fields = kind === 'delete' ? [] : reviewedChanges(was ?? {}, is);
    if (kind === 'update' && fields.length === 0) return [];
    const subject = subjectOf(after.what, was, is, tenant === 'new');
    const isJudged = subject !== null && (tenant !== 'gone' || subject.kind === 'tenant');
    return [{ kind, object, fields, lines: [], risks: isJudged ? risksOf(object, subject) : [] }];
  });
}

/** A file told line by line. */
export function rawChange(file: FileVersions): ReviewedChange {
  return { kind: 'raw', object: file.path, fields: [], lines: lineDiff(file), risks: [] };
}
