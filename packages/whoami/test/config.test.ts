import { expect, test } from '@jest/globals';

import { ConfigError, readConfig } from '../src/config.ts';

const defaults = { port: 3000, shutdownDelayMs: 3000, shutdownGraceMs: 10_000 };

function messageFor(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('accepted');
}

test.each([
  [{ TENANT_ID: 'Alice' }, { ...defaults, tenantId: 'Alice' }],
  [{ TENANT_ID: ' Alice\n' }, { ...defaults, tenantId: 'Alice' }],
  [{ TENANT_ID: "O'Brien & Söhne <b>" }, { ...defaults, tenantId: "O'Brien & Söhne <b>" }],
  [{ TENANT_ID: '👩‍🚀' }, { ...defaults, tenantId: '👩‍🚀' }],
  [
    { TENANT_ID: 'A', PORT: '' },
    { ...defaults, tenantId: 'A' },
  ],
  [
    { TENANT_ID: 'A', PORT: '0' },
    { ...defaults, tenantId: 'A', port: 0 },
  ],
  [
    { TENANT_ID: 'A', PORT: '65535' },
    { ...defaults, tenantId: 'A', port: 65_535 },
  ],
  [
    { TENANT_ID: 'A', SHUTDOWN_DELAY_MS: '0', SHUTDOWN_GRACE_MS: '1' },
    { ...defaults, tenantId: 'A', shutdownDelayMs: 0, shutdownGraceMs: 1 },
  ],
])('%j is accepted', (env, config) => {
  expect(readConfig(env)).toEqual(config);
});

test.each([
  [{}, 'TENANT_ID is not set'],
  [{ TENANT_ID: ' \n' }, 'TENANT_ID is blank'],
  [{ TENANT_ID: 'A\nB' }, 'TENANT_ID is "A\\nB"'],
  [{ TENANT_ID: 'A\u001b[2J' }, 'control character'],
  [{ TENANT_ID: 'A', PORT: '65536' }, 'PORT is "65536"'],
  [{ TENANT_ID: 'A', PORT: '-1' }, 'PORT is "-1"'],
  [{ TENANT_ID: 'A', PORT: '3000x' }, 'PORT is "3000x"'],
  [{ TENANT_ID: 'A', PORT: '1e3' }, 'PORT is "1e3"'],
  [{ TENANT_ID: 'A', PORT: 'tcp://10.0.0.1:3000' }, 'PORT is "tcp://10.0.0.1:3000"'],
  [{ TENANT_ID: 'A', SHUTDOWN_DELAY_MS: '3s' }, 'SHUTDOWN_DELAY_MS is "3s"'],
  [{ TENANT_ID: 'A', SHUTDOWN_GRACE_MS: '3000' }, 'SHUTDOWN_GRACE_MS (3000) is not more than'],
])('%j is refused', (env, message) => {
  expect(messageFor(env)).toContain(message);
});

test('all faults are told at once', () => {
  const lines = messageFor({ PORT: 'x', SHUTDOWN_GRACE_MS: 'y' }).split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    'TENANT_ID',
    'PORT',
    'SHUTDOWN_GRACE_MS',
  ]);
});
