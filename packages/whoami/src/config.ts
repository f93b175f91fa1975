/** What the service needs to know before it listens. */
export interface Config {
  /** The name in the greeting: printable text, never blank. */
  readonly tenantId: string;
  /** TCP port, 0 for any free one. */
  readonly port: number;
  /** Milliseconds between the signal and the moment no new connection is taken. */
  readonly shutdownDelayMs: number;
  /** Milliseconds between the signal and the forced end; more than `shutdownDelayMs`. */
  readonly shutdownGraceMs: number;
}

/** The environment is not usable. The message holds every fault: what, why, what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

// Bounds a typing mistake, and stays far below what a timer can hold.
const maxShutdownMs = 600_000;

/**
 * Reads the configuration from environment variables. Optional ones may be unset or blank.
 *
 * @throws ConfigError with all faults at once.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];

  const integer = (name: string, fallback: number, max: number, unit: string): number => {
    const text = env[name]?.trim() ?? '';
    if (text === '') return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value <= max) return value;
    faults.push(
      `${name} is ${JSON.stringify(env[name])}, which is not ${unit}. ` +
        `Set it to a whole number from 0 to ${max}, or unset it for ${fallback}.`,
    );
    return fallback;
  };

  const config: Config = {
    tenantId: readTenantId(env['TENANT_ID'], faults),
    port: integer('PORT', 3000, 65_535, 'a TCP port'),
    shutdownDelayMs: integer('SHUTDOWN_DELAY_MS', 3000, maxShutdownMs, 'a time in milliseconds'),
    shutdownGraceMs: integer('SHUTDOWN_GRACE_MS', 10_000, maxShutdownMs, 'a time in milliseconds'),
  };

  if (faults.length === 0 && config.shutdownGraceMs <= config.shutdownDelayMs) {
    faults.push(
      `SHUTDOWN_GRACE_MS (${config.shutdownGraceMs}) is not more than SHUTDOWN_DELAY_MS ` +
        `(${config.shutdownDelayMs}), which leaves no time to answer the last requests. ` +
        'Raise the first or lower the second.',
    );
  }
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  return config;
}

function readTenantId(value: string | undefined, faults: string[]): string {
  // A ConfigMap made from a file ends in a newline that nobody meant to be part of the name.
  const name = value?.trim() ?? '';
  if (name === '') {
    faults.push(
      `TENANT_ID is ${value === undefined ? 'not set' : 'blank'}, ` +
        'and it is the name that GET /whoami answers with. ' +
        'Set it, for example TENANT_ID=Alice; in Kubernetes it comes from the ConfigMap ' +
        'tenant-id, key TENANT_ID.',
    );
  } else if (/[\p{Cc}\u2028\u2029]/u.test(name)) {
    faults.push(
      `TENANT_ID is ${JSON.stringify(name)}, which holds a line break or another control ` +
        'character; the greeting is one line of text. Set it to printable text.',
    );
  }
  return name;
}
