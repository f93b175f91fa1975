import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  host,
  type Hole,
  hostObjects,
  missedHoles,
  namespaceHoles,
  pnpmOk,
  POLICY_HOLES,
  referenceTenants,
  tenant,
  verify,
  type Verification,
  withHoles,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(15 * 60_000);

const TENANTS = ['alice', 'bob', 'carol'];
/** Around all three of them. */
const NAMESPACE_HOLES = namespaceHoles({ alice: 'alice', bob: 'bob', carol: 'carol' });
const NONE = { open: 0, broken: 0, skipped: 0 };

beforeAll(async () => {
  const reference = referenceTenants() as { tenants: object[] };
  writeTenants({ ...reference, tenants: [...reference.tenants, { id: 'carol', name: 'Carol' }] });
  await pnpmOk(['synth']);
  await pnpmOk(['deploy']);
});

afterAll(() => host(['delete', 'namespace', 'vcluster-tenant-carol', '--wait=false']));

/** What makes a finding readable where a test fails. */
function unexpected({ rows }: Verification): readonly object[] {
  return rows.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'policy');
}

describe('three tenants as they are deployed', () => {
  test('every probe is as expected', async () => {
    const verification = await verify();
    expect(unexpected(verification)).toEqual([]);
    expect(verification).toMatchObject({ exitCode: 0, summary: { tenants: 3, pairs: 6, ...NONE } });
    for (const kind of ['network', 'hostile', 'host'] as const) {
      const tenants = verification.rows.filter((row) => row.kind === kind).map((row) => row.tenant);
      expect(new Set(tenants)).toEqual(new Set(kind === 'hostile' ? TENANTS : ['-', ...TENANTS]));
    }
    process.stderr.write(`verify: ${JSON.stringify(verification.summary)}\n`);
  });

  test('nothing of it is left, neither inside nor on the host', async () => {
    expect(await host(['get', 'namespaces', '-o', 'name'])).not.toContain('tenantry-verify');
    for (const id of TENANTS) {
      const inside = await tenant(id, [
        'get',
        'namespaces,persistentvolumes,validatingwebhookconfigurations',
        '-o',
        'name',
      ]);
      expect(inside).not.toContain('tenantry-verify');
      const objects = await hostObjects([
        'pods,services,secrets,configmaps,persistentvolumeclaims',
        '-n',
        `vcluster-tenant-${id}`,
      ]);
      expect(objects.map(({ metadata }) => metadata.name).join()).not.toContain('tenantry-verify');
    }
  });
});

/** Opens holes, lets verify look, and closes them again whatever was seen. */
async function verifyWith(holes: readonly Hole[]): Promise<Verification> {
  const verification = await withHoles(holes, () => verify());
  process.stderr.write(`${holes.length} holes: ${JSON.stringify(verification.summary)}\n`);
  return verification;
}

describe('a hole that somebody has opened is found, and named', () => {
  test('around the tenants: network, namespaces, rights, foreign objects', async () => {
    const verification = await verifyWith(NAMESPACE_HOLES);
    expect(missedHoles(NAMESPACE_HOLES, verification)).toEqual([]);
    expect(verification.exitCode).toBe(1);
  });

  test('in the host’s admission policies, one after the other', async () => {
    const verification = await verifyWith(POLICY_HOLES);
    expect(missedHoles(POLICY_HOLES, verification)).toEqual([]);
    expect(verification.exitCode).toBe(1);
  });

  test('at one tenant, and the others are as they were', async () => {
    const bobs = NAMESPACE_HOLES.filter(({ found }) => found.every((id) => id.startsWith('bob/')));
    expect(bobs.length).toBeGreaterThan(3);
    const verification = await verifyWith(bobs);
    expect(missedHoles(bobs, verification)).toEqual([]);
    // Whatever is let in to Bob, Alice is held by her own policies as well.
    expect(verification.open.filter((id) => !id.startsWith('bob/'))).toEqual([]);
  });

  test('and with all of them closed, every probe is as expected again', async () => {
    const verification = await verify();
    expect(unexpected(verification)).toEqual([]);
    expect(verification).toMatchObject({ exitCode: 0, summary: NONE });
  });
});

test('a webhook of the tenant’s own switches nothing off: what is lost is counted and named', async () => {
  const name = 'no-pods';
  const webhook = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'pods.alice.example.com',
        clientConfig: { url: 'https://localhost:1/' },
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 1,
      },
    ],
  };
  try {
    await tenant('alice', ['apply', '-f', '-'], JSON.stringify(webhook));
    const { exitCode, rows, open } = await verify(['alice']);
    expect(exitCode).not.toBe(0);
    expect(open).toEqual([]);
    const lost = rows.filter(({ id, verdict }) => id.startsWith('alice/') && verdict === 'skipped');
    expect(lost.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'alice/network/app-pod@bob',
        'alice/hostile/inside/privileged',
        'alice/hostile/webhook-kubelet',
      ]),
    );
    expect(lost[0]?.detail).toContain('webhook');
    // What the host refuses its syncer does not depend on the tenant.
    const onHost = rows.filter(({ id }) => id.startsWith('alice/hostile/host/'));
    expect(onHost.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  } finally {
    await tenant('alice', ['delete', 'validatingwebhookconfiguration', name]);
  }
});

test('no line tells another tenant’s secret', async () => {
  const secret = { SECRET_KEY: 'bobs-password' };
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'password', namespace: 'default' },
    stringData: secret,
  };
  try {
    await tenant('bob', ['apply', '-f', '-'], JSON.stringify(object));
    const { rows } = await verify();
    const text = JSON.stringify(rows);
    for (const word of [
      'bobs-password',
      Buffer.from('bobs-password').toString('base64'),
      'Hello there',
    ])
      expect(text).not.toContain(word);
  } finally {
    await tenant('bob', ['delete', 'secret', 'password']);
  }
});

test('a paused tenant is looked at on the host; the others try as before', async () => {
  await pnpmOk(['pause', 'carol']);
  const verification = await verify();
  expect(unexpected(verification)).toEqual([]);
  expect(verification).toMatchObject({ exitCode: 0, summary: { ...NONE, pairs: 2 } });
  const kinds = verification.rows.filter((row) => row.tenant === 'carol').map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['host']));
});

test('a tenant that has just been resumed is waited for', async () => {
  await pnpmOk(['resume', 'carol']);
  const verification = await verify();
  expect(unexpected(verification)).toEqual([]);
  expect(verification).toMatchObject({ exitCode: 0, summary: NONE });
});
