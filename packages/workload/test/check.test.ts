import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { createApp } from '../../whoami/src/app.ts';
import { workload } from '../src/workload.ts';

test.each(['Alice', 'Müller & Söhne ✋'])(
  'the service answers to %s what the check expects',
  async (name) => {
    const app = createApp({ tenantId: name, isReady: () => true, log: () => {} });
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { check } = workload;
      if (check.kind !== 'http') throw new Error('the service speaks HTTP');
      const { port } = server.address() as AddressInfo;
      const response = await fetch(`http://127.0.0.1:${port}${check.path}`);
      expect([response.status, await response.text()]).toEqual([
        200,
        check.answer?.({ id: 'x', name, settings: {} }),
      ]);
    } finally {
      server.close();
    }
  },
);
