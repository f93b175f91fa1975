import { InvalidTenants } from '@tenantry/tenants';

/** An error that somebody foresaw: its message says it all. Any other shows its stack. */
export class ExpectedError extends Error {
  override name = 'ExpectedError';
}

/** What went wrong, why, and what to do about it. Exit code 1. */
export class Fault extends ExpectedError {
  override name = 'Fault';

  constructor({ what, why, todo }: { what: string; why: string; todo: string }) {
    super(`${what}: ${why}\n  → ${todo}`);
  }
}

/** Bad input or usage; nothing was changed. Exit code 2. */
export class UsageError extends ExpectedError {
  override name = 'UsageError';
}

/**
 * Some tenants are done, some failed; every one was tried that is not held back. Exit code 3, or 1
 * where each has failed.
 */
export class TenantFailures extends AggregateError {
  override name = 'TenantFailures';
  declare readonly errors: (TenantFailure | HostFailure | HeldBack)[];
  readonly done: number;

  constructor(failures: readonly (TenantFailure | HostFailure | HeldBack)[], done: number) {
    super(failures, `tenants failed, ${done} are done`);
    this.done = done;
  }

  get heldBack(): HeldBack | null {
    return this.errors.find((error) => error instanceof HeldBack) ?? null;
  }
}

/** How many of a host's tenants an error names. */
const NAMED = 10;

/** What stopped one of several hosts, and with it its tenants. */
export class HostFailure extends Error {
  override name = 'HostFailure';
  readonly host: string;
  /** A line that names its tenants; empty where it has none. */
  readonly tenants: string;

  constructor(host: string, ids: readonly string[], cause: unknown) {
    super(`${host}: ${messageOf(cause)}`, { cause });
    this.host = host;
    const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
    this.tenants =
      ids.length === 0 ? '' : `\n  left alone: ${ids.slice(0, NAMED).join(', ')}${more}`;
  }
}

/** Tenants that were not tried, since a wave before theirs failed. */
export class HeldBack extends ExpectedError {
  override name = 'HeldBack';
}

/** What stopped one tenant. */
export class TenantFailure extends Error {
  override name = 'TenantFailure';
  readonly tenant: string;

  constructor(tenant: string, cause: unknown) {
    super(`${tenant}: ${messageOf(cause)}`, { cause });
    this.tenant = tenant;
  }
}

/** The user asked to stop; `left` names what was not finished. Exit code 130. */
export class Interrupted extends ExpectedError {
  override name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}

/** An error's message; for a failed command the command, its exit code and what it said last. */
export function messageOf(error: unknown): string {
  return join(error, (single) => textOf(single, 'message') ?? String(single));
}

/** What the machine lacks, by the code of Node's error, and what to do about it. */
const MACHINE_FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on that disk, then run the command again',
  EDQUOT: 'make room within your quota of that disk, then run the command again',
  EROFS: 'make that file system writable, then run the command again',
  EMFILE: 'raise the limit of open files (ulimit -n), then run the command again',
};

/** As `messageOf`, with the stack of an error that nobody expected. */
export function explain(error: unknown): string {
  return join(error, (single) => {
    if (single instanceof TenantFailure) return `${single.tenant}: ${explain(single.cause)}`;
    if (single instanceof HostFailure) {
      return `${single.host}: ${explain(single.cause)}${single.tenants}`;
    }
    if (isExpected(single)) return messageOf(single);
    const todo = MACHINE_FAULTS[textOf(single, 'code') ?? ''];
    if (todo !== undefined) return `${messageOf(single)}\n  → ${todo}`;
    const cause = single instanceof Error ? single.cause : undefined;
    const stack = textOf(single, 'stack') ?? messageOf(single);
    return cause === undefined ? stack : `${stack}\n  caused by: ${explain(cause)}`;
  });
}

/** Of two errors the first is the cause; the clean-up that failed behind it is said as well. */
function join(error: unknown, say: (error: unknown) => string): string {
  if (error instanceof SuppressedError) {
    return `${join(error.suppressed, say)}\n${join(error.error, say)}`;
  }
  if (error instanceof AggregateError)
    return error.errors.map((each) => join(each, say)).join('\n');
  return say(error);
}

function isExpected(error: unknown): boolean {
  return error instanceof ExpectedError || error instanceof InvalidTenants;
}

// Node's own errors are of another realm where tests run, so that `instanceof` does not know them.
function textOf(error: unknown, field: 'message' | 'stack' | 'code'): string | undefined {
  if (typeof error !== 'object' || error === null || !(field in error)) return undefined;
  const text = (error as Record<string, unknown>)[field];
  return typeof text === 'string' && text !== '' ? text : undefined;
}
