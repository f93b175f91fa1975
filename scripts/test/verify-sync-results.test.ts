import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { syncResultOf } from '../lib/verify/sync-results.ts';

const object = (
  kind: string,
  name: string,
  metadata: object = {},
  rest: object = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid: `${kind}/${name}`, ...metadata },
  ...rest,
});

describe('the fate of what was made for real', () => {
  const probe = {
    id: 'alice/hostile/inside/over-quota',
    kind: 'hostile',
    tenant: 'alice',
    attempt: '',
    expected: 'refused',
    controls: [],
  } as const;
  const made = { probe, object: object('Pod', 'big') };
  const event = {
    ...object('Event', 'e'),
    reason: 'SyncError',
    message: 'exceeded quota',
    involvedObject: { kind: 'Pod', name: 'big' },
  };

  test('is open on the host, refused by the syncer’s word, and unknown otherwise', () => {
    const there = new Map([['Pod/big', object('Pod', 'big-x')]]);
    expect(syncResultOf(made, there, []).outcome.seen).toBe('allowed');
    expect(syncResultOf(made, new Map(), [event]).outcome).toMatchObject({
      seen: 'refused',
      detail: 'exceeded quota',
    });
    expect(syncResultOf(made, new Map(), []).outcome.seen).toBeNull();
    expect(syncResultOf({ ...made, hasEffect: () => false }, there, []).outcome.seen).toBe(
      'refused',
    );
  });
});
