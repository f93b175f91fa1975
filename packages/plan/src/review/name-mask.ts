import { createHash } from 'node:crypto';

/** What a tenant is called: what its files have that others' have not. */
export interface TenantNames {
  readonly id: string;
  readonly name: string;
  readonly hostnames: readonly string[];
}

/** Stand for names in masked texts; what holds one of them already is never masked. */
const ID = '\uE000';
const NAME = '\uE001';
const NAME_DIGEST = '\uE002';
const HOSTNAMES = 0xe100;
const DIGESTS = 0xe200;
const MAX_NUMBER = 0x100;
const MARKS = /[\uE000-\uE2FF]/;

/** Where the display name may stand: it is in nothing that the host is given. */
const NAMED = /^(?:tenant\.json$|tenants\.json$|virtual\/)/;

/** Whether what stands at a place of a text is a name, and not part of something longer. */
type IsName = (text: string, start: number, end: number) => boolean;

/** A name as files have it, what stands for it, and where it is one. */
interface Step {
  readonly own: string;
  readonly mark: string;
  readonly isName: IsName;
}

/**
 * Takes a tenant's own names out of one of its files, so that what changes alike for many reads
 * alike: the id where it stands alone or behind `tenant-`, the name and its digest, hostnames, and
 * checksums, which are numbered. Different texts stay different.
 */
export class NameMask {
  readonly #steps: readonly Step[];
  readonly #nameDigest: string | null;
  readonly #digests = new Map<string, string>();

  constructor({ id, name, hostnames }: TenantNames, path: string) {
    const hosts = hostnames.filter((host) => host !== '').slice(0, MAX_NUMBER);
    const isNamed = name !== '' && NAMED.test(path);
    this.#nameDigest = isNamed ? createHash('sha256').update(name).digest('hex') : null;
    this.#steps = [
      ...hosts.map((own, at) => ({ own, mark: numbered(HOSTNAMES, at), isName: isWord })),
      { own: id, mark: ID, isName: isId },
      ...(isNamed ? forms(name) : []).map((own) => ({ own, mark: NAME, isName: isWord })),
    ];
  }

  /** Masks a text; null where it holds what only masks hold. */
  text(text: string): string | null {
    if (MARKS.test(text)) return null;
    const plain = this.#steps.reduce(
      (all, { own, mark, isName }) =>
        all.replaceAll(own, (_, at: number) => (isName(all, at, at + own.length) ? mark : own)),
      text,
    );
    return plain.replaceAll(
      /(checksum"?: ["']?)([0-9a-f]{64})\b/g,
      (_, key: string, digest: string) => key + this.#digest(digest),
    );
  }

  #digest(digest: string): string {
    if (digest === this.#nameDigest) return NAME_DIGEST;
    const mark = this.#digests.get(digest) ?? numbered(DIGESTS, this.#digests.size);
    if (this.#digests.size < MAX_NUMBER) this.#digests.set(digest, mark);
    return this.#digests.get(digest) ?? digest;
  }
}

/** What marks stand for, for people. */
export function unmasked(text: string): string {
  return text.replaceAll(/[\uE000-\uE2FF]/g, (mark) => {
    if (mark === ID) return '<id>';
    if (mark === NAME) return '<name>';
    if (mark === NAME_DIGEST) return '<sha256 of name>';
    const code = mark.charCodeAt(0);
    return code >= DIGESTS
      ? `<digest ${code - DIGESTS + 1}>`
      : `<hostname ${code - HOSTNAMES + 1}>`;
  });
}

function numbered(base: number, index: number): string {
  return String.fromCharCode(base + index);
}

const LETTER_BEFORE = /[\p{L}\p{N}]$/u;
const LETTER_AFTER = /^[\p{L}\p{N}]/u;

/** No letter or digit is around it. */
function isWord(text: string, start: number, end: number): boolean {
  return (
    !LETTER_BEFORE.test(text.slice(Math.max(0, start - 2), start)) &&
    !LETTER_AFTER.test(text.slice(end, end + 2))
  );
}

/** It is the last of `tenant-<id>`, a line's whole value, or what stands there before a dot. */
function isId(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 'x-tenant-'.length), start);
  const after = text.slice(end, end + 3);
  return (
    (/(?:^|[^A-Za-z0-9])tenant-$/.test(before) && !/^[A-Za-z0-9]/.test(after)) ||
    (/[:-] ["']?$/.test(before) && /^(?:["']?,?(?:\n|$)|\.)/.test(after))
  );
}

/** As YAML and JSON write it. */
function forms(name: string): readonly string[] {
  const written = [name, JSON.stringify(name).slice(1, -1), name.replaceAll("'", "''")];
  return [...new Set(written)].sort((a, b) => b.length - a.length);
}
