import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import {
  AGE_KEY as KEY,
  AGE_RECIPIENT as RECIPIENT,
  copyCheckout,
  directory,
  editSecrets,
  fingerprint,
  get,
  host,
  hostContext,
  hostObjects,
  pnpm,
  pnpmOk,
  referenceTenants,
  removeSecrets,
  tenant,
  toolPath,
  withPortForward,
  writeCounts,
  writeRecipients,
  writeTenants,
} from '../src/index.ts';

jest.setTimeout(10 * 60_000);

const TENANTS = [
  { id: 'alice', name: 'Alice', port: 3001 },
  { id: 'bob', name: 'Bob', port: 3002 },
] as const;

describe('two tenants, Alice and Bob', () => {
  beforeAll(() => writeTenants(referenceTenants()));

  test(
    'from nothing, `pnpm synth && pnpm deploy` greets both',
    async () => {
      await pnpmOk(['synth']);
      // Through the built-in's name, as the README writes it.
      const { stdout } = await pnpmOk(['deploy'], { env: { TENANTRY_DIR: directory } });
      for (const { id, name } of TENANTS)
        expect(stdout).toContain(`${id}: Hello there TenantID ✋ ${name}\n`.trimEnd());
    },
    80 * 60_000,
  );

  test.each(TENANTS)(
    'a port-forward to the synced Service of $id answers with $name',
    async ({ id, name, port }) => {
      const service = `simple-service-x-default-x-tenant-${id}`;
      const answer = await withPortForward(`vcluster-tenant-${id}`, service, `${port}:3000`, () =>
        get(`http://localhost:${port}/whoami`),
      );
      expect(answer).toEqual({
        status: 200,
        type: 'text/plain; charset=utf-8',
        body: `Hello there TenantID ✋ ${name}`,
      });
    },
  );

  test.each(TENANTS)('the host has pods of $id, and no Deployment', async ({ id }) => {
    const namespace = `vcluster-tenant-${id}`;
    expect(await hostObjects(['deployments', '-n', namespace])).toEqual([]);
    const pods = (await hostObjects(['pods', '-n', namespace])).map(
      ({ metadata }) => metadata.name,
    );
    expect(pods).toContainEqual(
      expect.stringMatching(new RegExp(`^simple-app-.*-x-default-x-tenant-${id}$`)),
    );
    expect(pods).toContain(`tenant-${id}-0`);
  });

  test.each(TENANTS)(
    'inside, $id has the ConfigMap, the Deployment and the NodePort Service',
    async ({ id, name }) => {
      const list = JSON.parse(
        await tenant(id, [
          'get',
          'configmap/tenant-id',
          'deployment/simple-app',
          'service/simple-service',
          '-n',
          'default',
          '-o',
          'json',
        ]),
      ) as { items: object[] };
      expect(list.items).toMatchObject([
        { kind: 'ConfigMap', data: { TENANT_ID: name } },
        {
          kind: 'Deployment',
          spec: { replicas: 1, template: { metadata: { labels: { app: 'simple-app' } } } },
        },
        { kind: 'Service', spec: { type: 'NodePort', ports: [{ port: 3000, targetPort: 3000 }] } },
      ]);
    },
  );

  test('Alice sees no namespace, pod or Service of Bob', async () => {
    const seen = await tenant('alice', [
      'get',
      'namespaces,pods,services,configmaps',
      '--all-namespaces',
      '-o',
      'name',
    ]);
    expect(seen).toContain('simple-app');
    expect(seen).not.toMatch(/bob/i);
    const context = await tenant('alice', ['config', 'get-contexts', '-o', 'name']);
    expect(context).toBe(`vcluster_tenant-alice_vcluster-tenant-alice_${hostContext}`);
  });

  test("Alice's credentials open neither Bob's API nor the host's", async () => {
    const script = `
      kubectl config view --raw -o 'jsonpath={.users[0].user.client-certificate-data}' | base64 -d > $DIR/crt
      kubectl config view --raw -o 'jsonpath={.users[0].user.client-key-data}' | base64 -d > $DIR/key`;
    const scratch = await mkdtemp(join(tmpdir(), 'tenantry-e2e-alice-'));
    try {
      await pnpmOk(['--silent', 'connect', 'alice', '--', 'sh', '-c', script], {
        env: { DIR: scratch },
      });
      const alice = [
        `--client-certificate=${scratch}/crt`,
        `--client-key=${scratch}/key`,
        '--insecure-skip-tls-verify',
      ];
      const atBob = await pnpm([
        '--silent',
        'connect',
        'bob',
        '--',
        'sh',
        '-c',
        `server=$(kubectl config view -o 'jsonpath={.clusters[0].cluster.server}')
         KUBECONFIG=/dev/null kubectl --server $server ${alice.join(' ')} get pods`,
      ]);
      expect(atBob).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/Unauthorized|must be logged in/),
      });
      const server = await host([
        'config',
        'view',
        '--minify',
        '-o',
        'jsonpath={.clusters[0].cluster.server}',
      ]);
      const atHost = await pnpm([
        '--silent',
        'connect',
        'bob',
        '--',
        'sh',
        '-c',
        `KUBECONFIG=/dev/null kubectl --server ${server} ${alice.join(' ')} get pods`,
      ]);
      expect(atHost).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/Unauthorized|must be logged in/),
      });
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });

  test('a second deploy writes nothing: no revision, no version moved, no request that writes', async () => {
    const before = await Promise.all(TENANTS.map(({ id }) => fingerprint(id)));
    expect(Object.keys(before[0] ?? {}).length).toBeGreaterThan(15);
    const leases = () => hostObjects(['leases', '-n', 'tenantry-system']);
    const written = async () => [
      await leases(),
      await Promise.all([undefined, 'alice', 'bob'].map((id) => writeCounts(id))),
    ];
    const counted = await written();
    const { stdout } = await pnpmOk(['deploy']);
    expect(stdout).toContain('nothing changed: 2 of 2 tenants match dist/');
    await pnpmOk(['plan', '--exit-code']);
    await pnpmOk(['status']);
    expect(await written()).toEqual(counted);
    expect(await Promise.all(TENANTS.map(({ id }) => fingerprint(id)))).toEqual(before);
  });

  test('every object passes strict validation by its server, and a misspelt one does not', async () => {
    const apply = ['apply', '--server-side', '--dry-run=server', '--validate=strict'];
    const own = ['--field-manager=tenantry', '--force-conflicts'];
    const files = (path: string) => ['-f', join(directory, 'dist', path)];
    await host([...apply, ...own, ...files('_host')]);
    for (const { id } of TENANTS) {
      await host([...apply, ...own, ...files(`${id}/host`)]);
      await tenant(id, [...apply, ...own, ...files(`${id}/virtual`)]);
    }
    const misspelt = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'misspelt', namespace: 'vcluster-tenant-alice' },
      spec: { hart: { pods: '1' } },
    };
    await expect(host([...apply, '-f', '-'], JSON.stringify(misspelt))).rejects.toThrow(
      /field not declared in schema|unknown field/,
    );
  });

  test('status has a row for each, without drift', async () => {
    const { stdout } = await pnpmOk(['--silent', 'status', '--json']);
    const events = stdout.split('\n').map((line) => JSON.parse(line) as object);
    expect(events).toMatchObject([
      {
        event: 'tenant',
        id: 'alice',
        wanted: 'active',
        seen: 'running',
        version: '0.36.0',
        drift: [],
      },
      {
        event: 'tenant',
        id: 'bob',
        wanted: 'active',
        seen: 'running',
        version: '0.36.0',
        drift: [],
      },
      { event: 'summary', tenants: 2, drifted: 0 },
    ]);
  });

  test('connect stays open however many connections break off', async () => {
    // The end of an exec breaks its connection off now and then.
    const script =
      'for i in 1 2 3 4 5 6 7 8 9 10; do ' +
      'kubectl exec deploy/simple-app -- node -e 1 && kubectl get namespace default || exit 1; done';
    await pnpmOk(['connect', 'alice', '--', 'sh', '-c', script]);
  });

  test('connect passes on the exit code of its command, and leaves no kubeconfig behind', async () => {
    const result = await pnpm(['connect', 'alice', '--', 'sh', '-c', 'echo $KUBECONFIG; exit 42']);
    expect(result.exitCode).toBe(42);
    const path = result.stdout.split('\n').find((line) => line.startsWith('/'));
    expect(path).toBeDefined();
    expect(existsSync(path ?? '/')).toBe(false);
  });

  test.each([
    [137, ['sh', '-c', 'kill -KILL $$']],
    [129, ['sh', '-c', 'kill -HUP $$']],
    [127, ['no-such-command']],
    [126, ['/etc/passwd']],
  ])('connect ends with %i as a shell does: %j', async (exitCode, command) => {
    expect(await pnpm(['connect', 'alice', '--', ...command])).toMatchObject({ exitCode });
  });

  test('what somebody changed on the host is put right', async () => {
    await host(['-n', 'vcluster-tenant-bob', 'delete', 'networkpolicy', 'default-deny']);
    await host([
      '-n',
      'vcluster-tenant-bob',
      'patch',
      'resourcequota',
      'tenant-bob',
      '--type=merge',
      '-p',
      '{"spec":{"hard":{"pods":"1000"}}}',
    ]);
    await host(['-n', 'vcluster-tenant-bob', 'delete', 'service', 'tenant-bob-headless']);
    const { stdout } = await pnpmOk(['deploy']);
    expect(stdout).toContain('alice: nothing changed');
    expect(stdout).toMatch(/bob: .*NetworkPolicy\/default-deny created/);
    expect(stdout).toMatch(/bob: .*ResourceQuota\/tenant-bob changed/);
    expect(stdout).toMatch(/bob: .*drift in v1 Service vcluster-tenant-bob\/tenant-bob-headless/);
    expect((await pnpmOk(['deploy'])).stdout).toContain('nothing changed: 2 of 2');
  });

  test('plan says what a deploy would do, and changes nothing; a saved plan is what is done, or nothing', async () => {
    const before = await fingerprint('bob');
    expect((await pnpmOk(['--silent', 'plan', '--exit-code'])).stdout).toContain(
      'nothing to change: 2 of 2 tenants match dist/',
    );
    const patch = ['-n', 'vcluster-tenant-bob', 'patch', 'networkpolicy', 'default-deny'];
    await host([...patch, '--type=merge', '-p', '{"spec":{"ingress":[{}]}}']);
    const file = join(directory, 'bob.plan');
    const planned = await pnpm(['--silent', 'plan', 'bob', '--exit-code', '--save', file]);
    expect(planned).toMatchObject({
      exitCode: 4,
      stdout: expect.stringContaining('spec.ingress: [{}] → (none)'),
    });
    const status = await pnpm(['--silent', 'status', 'bob']);
    expect(status).toMatchObject({
      exitCode: 4,
      stdout: expect.stringContaining('NetworkPolicy/default-deny differs in spec.ingress'),
    });
    await host(['-n', 'vcluster-tenant-bob', 'delete', 'networkpolicy', 'control-plane']);
    const refused = await pnpm(['run', 'deploy', '--plan', file]);
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('the saved plan was not carried out'),
    });
    await pnpmOk(['--silent', 'plan', 'bob', '--save', file]);
    const { stdout } = await pnpmOk(['run', 'deploy', '--plan', file]);
    expect(stdout).toContain('NetworkPolicy/control-plane created');
    expect(stdout).toContain('NetworkPolicy/default-deny changed');
    expect(Object.keys(await fingerprint('bob'))).toEqual(Object.keys(before));
    rmSync(file);
  });

  test('a conflict with what a person set inside is shown, not forced', async () => {
    await tenant('bob', [
      '-n',
      'default',
      'patch',
      'configmap',
      'tenant-id',
      '--type=merge',
      '-p',
      '{"data":{"TENANT_ID":"Robert"}}',
    ]);
    const result = await pnpm(['deploy']);
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toMatch(/bob: .*conflict with "kubectl-patch"/s);
    expect(result.stderr).toMatch(/\.data\.TENANT_ID.*--take-over/s);
    expect(result.stdout).toContain('alice: Hello there TenantID ✋ Alice');
    const { stdout } = await pnpmOk(['run', 'deploy', 'bob', '--take-over']);
    expect(stdout).toContain('bob: ConfigMap/tenant-id changed');
    expect((await pnpmOk(['deploy'])).stdout).toContain('nothing changed: 2 of 2');
  });

  test('a third tenant touches only itself', async () => {
    const before = await Promise.all(TENANTS.map(({ id }) => fingerprint(id)));
    const reference = referenceTenants() as { tenants: object[] };
    writeTenants({
      ...reference,
      tenants: [...reference.tenants, { id: 'carol', name: 'Carol Ömer & "Co" <b>' }],
    });
    const synth = await pnpmOk(['--silent', 'synth']);
    expect(synth.stdout).toMatch(/^carol: new, \d+ files\n1 changed, 3 tenants/);
    const { stdout } = await pnpmOk(['deploy']);
    expect(stdout).toContain('carol: Hello there TenantID ✋ Carol Ömer & "Co" <b>');
    expect(stdout).toContain('alice: nothing changed');
    expect(stdout).toContain('bob: nothing changed');
    expect(await Promise.all(TENANTS.map(({ id }) => fingerprint(id)))).toEqual(before);
  });

  test('a renamed tenant is greeted by the new name', async () => {
    const reference = referenceTenants() as { tenants: object[] };
    const [alice, bob] = reference.tenants;
    writeTenants({
      ...reference,
      tenants: [alice, { ...bob, name: 'Robert' }, { id: 'carol', name: 'Carol' }],
    });
    await pnpmOk(['synth']);
    const { stdout } = await pnpmOk(['deploy', 'bob']);
    expect(stdout).toContain('bob: Hello there TenantID ✋ Robert');
    expect(stdout).not.toContain('alice: Hello');
  });

  test('a tenant that left the file is an orphan: said, and left alone', async () => {
    writeTenants(referenceTenants());
    expect((await pnpmOk(['synth'])).stdout).toContain('carol: removed');
    const { stdout } = await pnpmOk(['deploy']);
    expect(stdout).toContain('carol: orphan: live, but not in dist/; left alone');
    expect((await hostObjects(['pods', '-n', 'vcluster-tenant-carol'])).length).toBeGreaterThan(0);
    await host(['delete', 'namespace', 'vcluster-tenant-carol', '--wait=false']);
  });

  test('what left dist/ is pruned, and nothing else', async () => {
    const extra = join(directory, 'dist/alice/virtual/configmap.extra.yaml');
    writeFileSync(
      extra,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n  namespace: default\ndata: {}\n',
    );
    await tenant('alice', ['-n', 'default', 'create', 'configmap', 'her-own']);
    expect((await pnpmOk(['deploy', 'alice'])).stdout).toContain('ConfigMap/extra created');
    rmSync(extra);
    expect((await pnpmOk(['deploy', 'alice'])).stdout).toContain(
      'v1 ConfigMap default/extra pruned',
    );
    const left = await tenant('alice', ['-n', 'default', 'get', 'configmaps', '-o', 'name']);
    expect(left).toContain('configmap/her-own');
    expect(left).not.toContain('configmap/extra');
    await tenant('alice', ['-n', 'default', 'delete', 'configmap', 'her-own']);
  });

  test('an impossible image in one tenant leaves the other greeted, and is named', async () => {
    const path = join(directory, 'dist/bob/virtual/deployment.simple-app.yaml');
    const good = readFileSync(path, 'utf8');
    writeFileSync(path, good.replace(/image: .*/, 'image: tenantry/whoami:impossible'));
    const result = await pnpm(['deploy']);
    expect(result.exitCode).toBe(3);
    expect(result.stdout).toContain('alice: Hello there TenantID ✋ Alice');
    expect(result.stderr).toMatch(/bob: .*cannot succeed/);
    expect(result.stderr).toMatch(/(ErrImagePull|ImagePullBackOff).*tenantry\/whoami:impossible/);
    // The old pod still serves.
    expect((await pnpmOk(['greet', 'bob'])).stdout).toContain('bob: Hello there TenantID ✋ Bob');
    expect((await pnpmOk(['synth'])).stdout).toContain('bob: virtual/deployment.simple-app.yaml');
    expect((await pnpmOk(['deploy'])).stdout).toContain('bob: Hello there TenantID ✋ Bob');
  });

  test('another context than the one dist/ names is never touched', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'tenantry-e2e-elsewhere-'));
    try {
      const env = { TENANTRY_DIR: elsewhere };
      writeFileSync(
        join(elsewhere, 'tenants.json'),
        '{"host":{"context":"somebody-elses"},"tenants":[{"id":"alice","name":"Alice"}]}',
      );
      await pnpmOk(['synth'], { env });
      for (const command of ['deploy', 'status', 'greet', 'destroy']) {
        const result = await pnpm([command], { env });
        expect([command, result.exitCode]).toEqual([command, 2]);
        expect(result.stderr).toContain('somebody-elses');
      }
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  test('a flag that pnpm swallowed stops the deploy', async () => {
    const result = await pnpm(['deploy', '--dry-run']);
    expect(result).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('pnpm run deploy --dry-run'),
    });
  });
});

describe('a Secret of Alice', () => {
  // Made for this test alone.
  const NEXT_KEY = 'AGE-SECRET-KEY-1JKZVDP72JWXX9WUWHCQZ9LWQHD30FTP8ZUZEA0YHANU9JV3CAXMQ55WMSK';
  const NEXT_RECIPIENT = 'age1w4hsxvsavxkmgjj75wux05c5cn47damv5wgvs2vn8qznj8nt7ygsmxpmk3';
  const FIRST = 'correct-horse-battery';
  const SECOND = 'staple-and-more-of-it';
  const file = join(directory, 'secrets/alice.yaml');
  /** All that any command says. */
  let said = '';

  beforeAll(async () => {
    writeTenants(referenceTenants());
    await pnpmOk(['synth']);
    await pnpmOk(['deploy']);
    writeRecipients(RECIPIENT);
  });
  afterAll(removeSecrets);

  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const result = await pnpm(['--silent', ...args], { env });
    said += result.stdout + result.stderr;
    return result;
  };
  const edit = async (password: string, key: string) => {
    const result = await editSecrets('alice', key, [
      { name: 'db', values: { PASSWORD: password } },
      {
        name: 'registry',
        type: 'kubernetes.io/dockerconfigjson',
        values: { '.dockerconfigjson': '{"auths":{}}' },
      },
    ]);
    said += result.stdout + result.stderr;
    return result;
  };
  const inside = (name: string, path: string) =>
    tenant('alice', ['-n', 'default', 'get', 'secret', name, '-o', `jsonpath={${path}}`]);

  test(
    'is edited, and encrypted in its file',
    async () => {
      expect(await edit(FIRST, KEY)).toMatchObject({ exitCode: 0 });
      expect(readFileSync(file, 'utf8')).toMatch(/PASSWORD: ENC\[AES256_GCM,[^]*registry[^]*sops:/);
    },
    80 * 60_000,
  );

  test('is planned without a key, and not deployed without one', async () => {
    expect((await run(['plan', 'alice'])).stdout).toContain('+ v1 Secret default/db');
    expect(await run(['deploy', 'alice'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`any of its recipients: ${RECIPIENT}`),
    });
  });

  test('is applied, and changed, with plans that name its keys only', async () => {
    const key = { SOPS_AGE_KEY: KEY };
    expect((await run(['deploy', 'alice'], key)).stdout).toContain('Secret/db created');
    expect(await inside('db', '.data.PASSWORD')).toBe(Buffer.from(FIRST).toString('base64'));
    expect(await inside('registry', '.type')).toBe('kubernetes.io/dockerconfigjson');
    expect((await run(['deploy', 'alice'])).stdout).toContain('nothing changed: 1 of 1');
    await edit(SECOND, KEY);
    const saved = join(directory, 'secret.plan');
    const plan = await run(['plan', 'alice', '--save', saved], key);
    expect(plan.stdout).toContain('~ v1 Secret default/db\n      data.PASSWORD: "***" → "***"\n');
    const { stdout } = await run(['run', 'deploy', '--plan', saved], key);
    expect(stdout).toContain('alice: Secret/db changed');
    expect(await inside('db', '.data.PASSWORD')).toBe(Buffer.from(SECOND).toString('base64'));
  });

  test('is for another recipient after `sops updatekeys`, and stays what it is', async () => {
    writeRecipients(NEXT_RECIPIENT);
    await execa('sops', ['updatekeys', '--yes', file], {
      cwd: directory,
      env: { PATH: toolPath(), SOPS_AGE_KEY: KEY },
    });
    expect((await run(['deploy', 'alice'])).stdout).toContain('nothing changed: 1 of 1');
    expect((await edit(FIRST, KEY)).stderr).toContain(`any of its recipients: ${NEXT_RECIPIENT}`);
    expect(await edit(FIRST, NEXT_KEY)).toMatchObject({ exitCode: 0 });
    const { stdout } = await run(['deploy', 'alice'], { SOPS_AGE_KEY: NEXT_KEY });
    expect(stdout).toContain('alice: Secret/db changed');
  });

  test('is in clear in no file, no output and nothing of the host; and goes with its file', async () => {
    const kinds = 'secrets,configmaps,pods,events';
    const onHost = await host(['get', kinds, '--all-namespaces', '-o', 'yaml']);
    const { stdout: files } = await execa('find', [directory, '-type', 'f', '-size', '-1048576c']);
    const paths = files.split('\n');
    expect(paths.length).toBeGreaterThan(20);
    const values = [FIRST, SECOND].flatMap((each) => [each, btoa(each)]);
    const tells = (text: string) => values.some((value) => text.includes(value));
    expect(paths.filter((path) => tells(readFileSync(path, 'utf8')))).toEqual([]);
    expect([said, onHost].filter(tells)).toEqual([]);
    rmSync(file);
    const { stdout } = await run(['deploy', 'alice']);
    expect(stdout).toContain('v1 Secret default/db pruned');
    expect(stdout).toContain('alice: Hello there TenantID ✋ Alice');
  });
});

describe('the service is changed', () => {
  test('a change rolls out, in the YAML first, and no change does not', async () => {
    using checkout = await copyCheckout();
    const { path: copy } = checkout;
    writeTenants(referenceTenants());
    expect((await pnpmOk(['synth'], { cwd: copy })).stdout).toContain('nothing changed');
    const app = join(copy, 'packages/whoami/src/app.ts');
    writeFileSync(app, `${readFileSync(app, 'utf8')}// A change.\n`);
    const { stdout } = await pnpmOk(['synth'], { cwd: copy });
    expect(stdout).toContain('alice: tenant.json, virtual/deployment.simple-app.yaml');
    expect(stdout).toContain('bob: tenant.json, virtual/deployment.simple-app.yaml');
    const deploy = await pnpmOk(['deploy'], { cwd: copy });
    expect(deploy.stdout).toMatch(/alice: Deployment\/simple-app changed \(/);
    expect(deploy.stdout).toContain('bob: Hello there TenantID ✋ Bob');
  });
});
