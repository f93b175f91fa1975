import { createServer } from 'node:http';
import { constants } from 'node:os';

import { createApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { formatRecord } from './log.ts';
import type { Log } from './log.ts';
import { createDrain } from './shutdown.ts';

// Exit codes: 0 drained, 1 failed or requests cut, 2 bad configuration, 130/143 second signal.

const log: Log = (record) => {
  process.stdout.write(formatRecord(record, new Date()));
};

function serve(config: Config): void {
  const server = createServer();
  const drain = createDrain(server, {
    delayMs: config.shutdownDelayMs,
    graceMs: config.shutdownGraceMs,
  });
  server.on(
    'request',
    createApp({ tenantId: config.tenantId, isReady: () => !drain.draining, log }),
  );

  server.once('error', (error: NodeJS.ErrnoException) => {
    fail(1, `cannot listen on port ${config.port}: ${listenFault(error)}`);
  });
  server.listen(config.port, () => {
    const address = server.address();
    // Port 0 in, the one the kernel chose out.
    const port = typeof address === 'object' && address !== null ? address.port : config.port;
    log({ event: 'start', tenantId: config.tenantId, port, pid: process.pid });
  });

  const stop = async (signal: 'SIGTERM' | 'SIGINT'): Promise<void> => {
    if (drain.draining) process.exit(128 + constants.signals[signal]);
    log({ event: 'drain', signal });
    const cut = await drain.start();
    log({ event: 'stop', signal, cut });
    process.exit(cut === 0 ? 0 : 1);
  };
  // The kernel ignores a signal to process 1 of a container unless there is a handler for it.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function listenFault(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'another process has it. Stop that one, or set PORT to a free port.';
    case 'EACCES':
      return 'this user may not. Set PORT to 1024 or above.';
    default:
      return `${error.message}.`;
  }
}

function fail(exitCode: number, message: string): void {
  process.stderr.write(`whoami: ${message}\n`);
  process.exitCode = exitCode;
}

// Losing the reader of the log is no reason to stop serving.
process.stdout.on('error', () => {});

try {
  serve(readConfig(process.env));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  fail(2, `cannot start.\n${error.message}`);
}
