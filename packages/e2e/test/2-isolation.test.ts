import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  host,
  hostApply,
  hostObjects,
  pnpmOk,
  referenceTenants,
  tenant,
  verify,
  type Verification,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(15 * 60_000);

const TENANTS = ['alice', 'bob', 'carol'];
const BOB = 'vcluster-tenant-bob';
const NONE = { open: 0, broken: 0, skipped: 0 };

beforeAll(async () => {
  const reference = referenceTenants() as { tenants: object[] };
  writeTenants({ ...reference, tenants: [...reference.tenants, { id: 'carol', name: 'Carol' }] });
  await pnpmOk(['synth']);
  await pnpmOk(['deploy']);
});

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
      expect(new Set(tenants)).toEqual(new Set(kind === 'network' ? ['-', ...TENANTS] : TENANTS));
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

/** Opens a hole, lets verify look, and closes it again whatever was seen. */
async function withHole(
  open: () => Promise<unknown>,
  close: () => Promise<unknown>,
): Promise<Verification> {
  try {
    await open();
    return await verify();
  } finally {
    await close();
  }
}

describe('a hole that somebody has opened is found', () => {
  const networkPolicy = (name: string, namespace: string, spec: object) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec,
  });
  const from = (namespace: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  });

  test('Bob’s policies give way to one that allows all: his packets reach the host', async () => {
    const { exitCode, open } = await withHole(
      async () => {
        await host(['-n', BOB, 'delete', 'networkpolicies', '--all']);
        await hostApply(
          networkPolicy('allow-all', BOB, {
            podSelector: {},
            policyTypes: ['Ingress', 'Egress'],
            ingress: [{}],
            egress: [{}],
          }),
        );
      },
      async () => {
        await host(['-n', BOB, 'delete', 'networkpolicy', 'allow-all']);
        await pnpmOk(['deploy', 'bob']);
      },
    );
    expect(exitCode).toBe(1);
    expect(open).toEqual(
      expect.arrayContaining([
        'bob/network/host-api-service',
        'bob/network/host-api-endpoint',
        'bob/network/host-kubelet',
        'bob/network/metadata',
        'bob/host/drift',
        'bob/host/unexpected-objects',
      ]),
    );
    expect(open.filter((id) => !id.startsWith('bob/'))).toEqual([]);
  });

  test('Bob’s namespace admits what is privileged', async () => {
    const { exitCode, open } = await withHole(
      () =>
        host([
          'label',
          'namespace',
          BOB,
          '--overwrite',
          'pod-security.kubernetes.io/enforce=privileged',
        ]),
      () => pnpmOk(['deploy', 'bob']),
    );
    expect(exitCode).toBe(1);
    expect(open).toEqual(
      expect.arrayContaining([
        'bob/hostile/host/privileged',
        'bob/hostile/host/host-network',
        'bob/hostile/host/host-pid',
        'bob/hostile/host/root',
        'bob/hostile/host/capability',
        'bob/host/drift',
      ]),
    );
    expect(open.filter((id) => !id.startsWith('bob/'))).toEqual([]);
  });

  test('policies more let Alice’s packets in to Bob', async () => {
    const alice = 'vcluster-tenant-alice';
    const { exitCode, open } = await withHole(
      async () => {
        const ingress = [{ from: [from(alice)] }];
        await hostApply(networkPolicy('from-alice', BOB, { podSelector: {}, ingress }));
        const egress = [{ to: [from(BOB)] }];
        const spec = { podSelector: {}, policyTypes: ['Egress'], egress };
        await hostApply(networkPolicy('to-bob', alice, spec));
      },
      async () => {
        await host(['-n', BOB, 'delete', 'networkpolicy', 'from-alice']);
        await host(['-n', alice, 'delete', 'networkpolicy', 'to-bob']);
      },
    );
    expect(exitCode).toBe(1);
    expect(open).toEqual(
      expect.arrayContaining([
        'alice/network/app-pod@bob',
        'alice/network/app-service@bob',
        'alice/network/api-pod@bob',
        'alice/network/dns@bob',
        'alice/host/unexpected-objects',
        'bob/host/unexpected-objects',
      ]),
    );
    expect(open.filter((id) => id.startsWith('carol/') || id.endsWith('@carol'))).toEqual([]);
  });

  test('the account of Bob’s pods has rights on the host', async () => {
    const account = 'vc-workload-tenant-bob';
    const binding = ['--clusterrole=view', `--serviceaccount=${BOB}:${account}`];
    const { exitCode, open } = await withHole(
      () => host(['-n', BOB, 'create', 'rolebinding', 'helpful', ...binding]),
      () => host(['-n', BOB, 'delete', 'rolebinding', 'helpful']),
    );
    expect(exitCode).toBe(1);
    expect(open).toEqual(['bob/host/unexpected-objects', `bob/host/rights@${account}`]);
  });

  test('Bob has no quota', async () => {
    const { exitCode, open } = await withHole(
      () => host(['-n', BOB, 'delete', 'resourcequota', '--all']),
      () => pnpmOk(['deploy', 'bob']),
    );
    expect(exitCode).toBe(1);
    expect(open).toEqual(expect.arrayContaining(['bob/hostile/host/over-quota', 'bob/host/drift']));
    expect(open.filter((id) => !id.startsWith('bob/'))).toEqual([]);
  });

  test('something foreign runs in Bob’s namespace', async () => {
    const { exitCode, open, rows } = await withHole(
      () => host(['-n', BOB, 'create', 'deployment', 'miner', '--image=miner', '--replicas=0']),
      () => host(['-n', BOB, 'delete', 'deployment', 'miner']),
    );
    expect(exitCode).toBe(1);
    expect(open).toEqual(['bob/host/unexpected-objects']);
    expect(rows.find(({ id }) => id === 'bob/host/unexpected-objects')?.detail).toContain(
      'Deployment/miner',
    );
  });

  test('and with all of them closed, every probe is as expected again', async () => {
    const verification = await verify();
    expect(unexpected(verification)).toEqual([]);
    expect(verification).toMatchObject({ exitCode: 0, summary: NONE });
  });
});

test('a paused tenant is looked at on the host; the others try as before', async () => {
  await pnpmOk(['pause', 'carol']);
  const verification = await verify();
  expect(unexpected(verification)).toEqual([]);
  expect(verification).toMatchObject({ exitCode: 0, summary: { ...NONE, pairs: 2 } });
  const kinds = verification.rows.filter((row) => row.tenant === 'carol').map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['host']));
});
