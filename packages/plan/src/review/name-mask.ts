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

/**
 * Takes a tenant's own names out of one of its files, so that what changes alike for many reads
 * alike: the id where it stands alone or behind `tenant-`, the name and its digest, hostnames, and
 * checksums, which are numbered. Different texts stay different.
 */
export class NameMask {
  readonly #steps: readonly (readonly [pattern: RegExp, mark: string])[];
  readonly #nameDigest: string | null;
  readonly #digests = new Map<string, string>();

  constructor({ id, name, hostnames }: TenantNames, path: string) {
    const own = RegExp.escape(id);
    const hosts = hostnames.slice(0, MAX_NUMBER);
    const isNamed = name !== '' && NAMED.test(path);
    this.#nameDigest = isNamed ? createHash('sha256').update(name).digest('hex') : null;
    this.#steps = [
      ...hosts.map((host, index) => [word(host), numbered(HOSTNAMES, index)] as const),
      // `tenant-<id>`, and a line's whole value, or what stands before its first dot.
      [new RegExp(`(?<=(?<![A-Za-z0-9])tenant-)${own}(?![A-Za-z0-9])`, 'g'), ID],
      [new RegExp(`(?<=[:-] ["']?)${own}(?=["']?,?$|\\.)`, 'gm'), ID],
      ...(isNamed ? forms(name).map((form) => [word(form), NAME] as const) : []),
    ];
  }

  /** Masks a text; null where it holds what only masks hold. */
  text(text: string): string | null {
    if (MARKS.test(text)) return null;
    const plain = this.#steps.reduce((all, [pattern, mark]) => all.replace(pattern, mark), text);
    return plain.replaceAll(/(?<=checksum"?: ["']?)[0-9a-f]{64}\b/g, (digest) =>
      this.#digest(digest),
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

/** A text where no letter or digit is around it. */
function word(text: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(text)}(?![\\p{L}\\p{N}])`, 'gu');
}

/** As YAML and JSON write it. */
function forms(name: string): readonly string[] {
  const written = [name, JSON.stringify(name).slice(1, -1), name.replaceAll("'", "''")];
  return [...new Set(written)].sort((a, b) => b.length - a.length);
}
