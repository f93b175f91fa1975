/** What went wrong, why, and what to do about it. Exit code 1. */
export class Fault extends Error {
  override name = 'Fault';

  constructor({ what, why, todo }: { what: string; why: string; todo: string }) {
    super(`${what}: ${why}\n  → ${todo}`);
  }
}

/** Bad input or usage; nothing was changed. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Some tenants are done, some failed; every one was tried. Exit code 3, or 1 where none is done. */
export class TenantFailures extends AggregateError {
  override name = 'TenantFailures';
  readonly done: number;

  constructor(failures: readonly TenantFailure[], done: number) {
    super(failures, `${failures.length} of ${failures.length + done} tenants failed`);
    this.done = done;
  }
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
export class Interrupted extends Error {
  override name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}

/** An error's message; for a failed command the command, its exit code and what it said last. */
export function messageOf(error: unknown): string {
  // Of two errors the first is the cause; the clean-up that failed behind it is said as well.
  if (error instanceof SuppressedError) {
    return `${messageOf(error.suppressed)}\n${messageOf(error.error)}`;
  }
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('\n');
  return error instanceof Error ? error.message : String(error);
}
