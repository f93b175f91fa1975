import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { kindNodeImages } from '@tenantry/sealed';
import { KubeConfig } from '@tenantry/kube-library';
import { load } from 'js-yaml';
import { type FakeCommands, fakeCommands } from './fake-command.ts';

const root = resolve(import.meta.dirname, '../..');
const github = join(root, '.github');

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>
  >;
}

function step(workflow: string, name: string): string {
  const text = readFileSync(join(github, 'workflows', `${workflow}.yml`), 'utf8');
  const [job] = Object.values((load(text) as Workflow).jobs);
  return job?.steps.find((each) => each.name === name)?.run ?? '';
}

let fakes: FakeCommands;
let temp: string;
beforeEach(() => {
  fakes = fakeCommands();
  temp = mkdtempSync(join(tmpdir(), 'tenantry-workflow-'));
  fakes.add('git', 'exit 0');
});
afterEach(() => rmSync(temp, { recursive: true, force: true }));

/** Runs a step as GitHub does. */
function runStep(
  name: string,
  env: Readonly<Record<string, string>>,
  workflow = 'lifecycle',
  cwd = root,
) {
  return spawnSync('bash', ['-e', '-c', step(workflow, name)], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${fakes.directory}:/usr/bin:/bin`,
      RUNNER_TEMP: temp,
      GITHUB_OUTPUT: join(temp, 'output'),
      GITHUB_STEP_SUMMARY: join(temp, 'summary'),
      GITHUB_REPOSITORY: 'acme/tenants',
      GITHUB_REPOSITORY_OWNER: 'acme',
      BASE: 'main',
      BRANCH: 'tenantry/lifecycle',
      TODAY: '2026-11-25',
      GH_TOKEN: 'token',
      ...env,
    },
  });
}

const FILTER = '[.[] | select(.head.repo.full_name == "acme/tenants")][0].number // empty';

describe('the pull request of the life cycle', () => {
  beforeEach(() => {
    writeFileSync(join(temp, 'proposal'), 'Lifecycle: 1 due\n\nalice: pause\n');
    writeFileSync(join(temp, 'review'), '### 1 change\n');
  });

  test('is looked for in our own repository only, and edited where it is open', () => {
    fakes.add('gh', 'case "$1" in api) echo 7 ;; esac');
    expect(runStep('Propose', { DUE: 'true' }).status).toBe(0);
    const [asked, ...others] = fakes.calls('gh');
    expect(asked).toEqual(
      expect.arrayContaining(['repos/acme/tenants/pulls', 'head=acme:tenantry/lifecycle', FILTER]),
    );
    expect(others.map((call) => call.slice(0, 3))).toEqual([
      ['auth', 'setup-git'],
      ['pr', 'edit', '7'],
    ]);
  });

  test('is made where ours is not there', () => {
    fakes.add('gh', 'exit 0');
    expect(runStep('Propose', { DUE: 'true' }).status).toBe(0);
    expect(fakes.calls('gh').at(-1)?.slice(0, 2)).toEqual(['pr', 'create']);
    expect(fakes.calls('gh').at(-1)).toContain('Lifecycle: 1 due');
  });

  test('says what is due, then what the merge would change', () => {
    fakes.add('gh', 'exit 0');
    runStep('Propose', { DUE: 'true' });
    expect(readFileSync(join(temp, 'body'), 'utf8')).toBe('alice: pause\n\n### 1 change\n');
  });

  test('is closed where nothing is due, and none of a fork is', () => {
    fakes.add('gh', 'exit 0');
    expect(runStep('Propose', { DUE: 'false' }).status).toBe(0);
    expect(fakes.calls('gh')).toHaveLength(1);
  });
});

test.each([
  { where: 'nothing is due', checked: 0, written: 0, differs: 0, output: 'due=false', status: 0 },
  { where: 'something is due', checked: 4, written: 0, differs: 1, output: 'due=true', status: 0 },
  { where: 'one is held back', checked: 4, written: 3, differs: 1, output: 'due=true', status: 0 },
  {
    where: 'all are held back',
    checked: 4,
    written: 3,
    differs: 0,
    output: 'due=false',
    status: 0,
  },
  { where: 'it cannot be decided', checked: 2, written: 0, differs: 0, output: '', status: 2 },
  { where: 'it cannot be written', checked: 4, written: 1, differs: 0, output: '', status: 1 },
])('where $where', ({ checked, written, differs, output, status }) => {
  fakes.add(
    'pnpm',
    `case "$*" in *--check*) exit ${checked} ;; *lifecycle*) exit ${written} ;; *) echo reviewed ;; esac`,
  );
  fakes.add('git', `exit ${differs}`);
  writeFileSync(join(temp, 'output'), '');
  expect(runStep('Decide', {}).status).toBe(status);
  expect(readFileSync(join(temp, 'output'), 'utf8')).toContain(output);
  expect(existsSync(join(temp, 'review'))).toBe(output === 'due=true');
});

test('the e2e tests run on every official node image, and one job says that all have passed', () => {
  const { jobs } = load(readFileSync(join(github, 'workflows/e2e.yml'), 'utf8')) as {
    jobs: Record<string, { if?: string; needs?: string; strategy?: { matrix: unknown } }>;
  };
  expect(jobs['e2e']?.strategy?.matrix).toEqual({ kubernetes: Object.keys(kindNodeImages) });
  expect(jobs['all']).toMatchObject({ if: 'always()', needs: 'e2e' });
});

test('a review is made once, for the comment and for the number of its high risks', () => {
  fakes.add('git', 'echo 1a2b');
  const events = [
    { event: 'markdown', text: 'a\nb' },
    { event: 'summary', risks: { high: 2 } },
  ];
  const lines = events.map((event) => `'${JSON.stringify(event)}'`);
  fakes.add('pnpm', `printf '%s\\n' ${lines.join(' ')}`);
  const env = { HEAD: '1a2b', NUMBER: '7', GITHUB_STEP_SUMMARY: join(temp, 'summary') };
  expect(runStep('Review', env, 'review').status).toBe(0);
  expect(fakes.calls('pnpm')).toEqual([['--silent', 'review', '1a2b', '--json', '--markdown']]);
  const written = ['review/comment.md', 'review/number', 'output'].map((name) =>
    readFileSync(join(temp, name), 'utf8'),
  );
  expect(written).toEqual(['a\nb\n', '7\n', 'high=2\n']);
});

describe('the comment of a review', () => {
  const post = (number: string) => {
    mkdirSync(join(temp, 'review'));
    writeFileSync(join(temp, 'review/number'), number);
    writeFileSync(join(temp, 'review/comment.md'), 'one change\n');
    return runStep('Post', { RUN: '9' }, 'review-comment').status;
  };
  const written = () =>
    fakes
      .calls('gh')
      .filter((call) => call.includes('--method'))
      .map((call) => call.slice(1, 4));

  test('is kept up to date where ours is there', () => {
    fakes.add('gh', 'case "$*" in *--paginate*) echo 12; echo 34 ;; esac');
    expect(post('7\n')).toBe(0);
    expect(written()).toEqual([['--method', 'PATCH', 'repos/acme/tenants/issues/comments/12']]);
    expect(readFileSync(join(temp, 'comment.md'), 'utf8')).toBe(
      '<!-- tenantry review -->\none change\n',
    );
  });

  test('is made where it is not', () => {
    fakes.add('gh', 'exit 0');
    expect(post('7\n')).toBe(0);
    expect(written()).toEqual([['--method', 'POST', 'repos/acme/tenants/issues/7/comments']]);
  });

  test('goes to no other place than a pull request', () => {
    fakes.add('gh', 'exit 0');
    expect(post('7/../../8\n')).toBe(1);
    expect(written()).toEqual([]);
  });
});

test.each([
  ['0', 'false', 0],
  ['2', 'false', 1],
  ['2', 'true', 0],
  ['', 'false', 1],
])('of %s high risks, accepted: %s, the review exits with %i', (high, accepted, status) => {
  const env = { HIGH: high, ACCEPTED: accepted };
  expect(runStep('Want a label for high risks', env, 'review').status).toBe(status);
});

test('where the token may write, or the event is the base branch’s, nothing of a pull request is run', () => {
  for (const name of ['review', 'review-comment']) {
    const text = readFileSync(join(github, 'workflows', `${name}.yml`), 'utf8');
    const { jobs } = load(text) as {
      jobs: Record<string, { steps: readonly { uses?: string; run?: string }[] }>;
    };
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    expect(steps.filter(({ uses }) => uses?.startsWith('./pull-request'))).toEqual([]);
    for (const { run = '' } of steps) expect(run).not.toMatch(/cd pull-request|\$\{\{/);
  }
});

describe('what Flux reads', () => {
  const run = (name: string, tenants: object, workflow = 'flux') => {
    writeFileSync(join(temp, 'tenants.json'), JSON.stringify(tenants));
    for (const [id, chartVersion] of [
      ['alice', '0.36.1'],
      ['bob', '0.36.0'],
      ['carol', '0.36.1'],
    ] as const) {
      mkdirSync(join(temp, 'dist', id), { recursive: true });
      writeFileSync(join(temp, 'dist', id, 'tenant.json'), JSON.stringify({ chartVersion }));
    }
    const env = { GITHUB_SERVER_URL: 'https://git.example', GITHUB_REF_NAME: 'main' };
    return runStep(name, { ...env, GITHUB_SHA: 'abc' }, workflow, temp);
  };
  const output = () => readFileSync(join(temp, 'output'), 'utf8');
  const to = (name: string) => ({ flux: { registry: `oci://${name}.example/tenants` } });

  test.each([
    [{ tenants: [] }, ''],
    [{ host: { context: 'kind-tenantry' } }, ''],
    [{ host: to('one') }, 'oci://one.example/tenants\n'],
    [
      { hosts: { eu: to('two'), us: to('one'), ap: to('two'), local: {} } },
      'oci://one.example/tenants\noci://two.example/tenants\n',
    ],
  ])('is in the registries of %j', (tenants, registries) => {
    expect(run('Find registries', tenants).status).toBe(0);
    expect(readFileSync(join(temp, 'registries'), 'utf8')).toBe(registries);
    expect(output()).toBe(`found=${registries !== ''}\n`);
  });

  test('is pushed once the charts that it names are there, and those that are there stay', () => {
    fakes.add('helm', 'case "$*" in "show chart oci://one"*0.36.0) ;; show*) exit 1 ;; esac');
    fakes.add('flux', 'test -f "$6/dist/alice/tenant.json"');
    writeFileSync(join(temp, 'registries'), 'oci://one.example/tenants\n');
    expect(run('Push', {}).status).toBe(0);
    expect(fakes.calls('helm').filter(([verb]) => verb !== 'show')).toEqual([
      expect.arrayContaining(['pull', 'vcluster', '0.36.1']),
      ['push', `${temp}/vcluster-0.36.1.tgz`, 'oci://one.example/tenants'],
    ]);
    const push = 'push artifact oci://one.example/tenants/dist:latest --reproducible';
    const origin = '--source https://git.example/acme/tenants --revision main@sha1:abc';
    expect(fakes.calls('flux')).toEqual([`${push} --path ${temp}/artifact ${origin}`.split(' ')]);
  });

  test('is not pushed where a chart is missing', () => {
    fakes.add('helm', 'exit 1');
    fakes.add('flux', 'exit 0');
    writeFileSync(join(temp, 'registries'), 'oci://one.example/tenants\n');
    expect(run('Push', {}).status).toBe(1);
    expect(() => fakes.calls('flux')).toThrow('ENOENT');
  });

  test.each([
    [{ host: { engine: 'flux' } }, 'found=false\n'],
    [{ host: { engine: 'deploy' } }, 'found=true\n'],
    [{}, 'found=true\n'],
  ])('is deployed by nobody else: %j', (tenants, found) => {
    fakes.add('pnpm', 'exit 4');
    expect(run('Plan', tenants, 'deploy').status).toBe(0);
    expect(output()).toBe(found);
  });
});

describe('a cluster of one’s own', () => {
  const action = join(github, 'actions/cluster');
  const run = (file: string, args: readonly string[], env: Readonly<Record<string, string>>) =>
    spawnSync(file, args, {
      encoding: 'utf8',
      env: { PATH: `${fakes.directory}:/usr/bin:/bin`, ...env },
    });

  test('is reached by a kubeconfig that holds no key', () => {
    const { runs } = load(readFileSync(join(action, 'action.yml'), 'utf8')) as {
      runs: { steps: readonly { run: string }[] };
    };
    const { status } = run('bash', ['-e', '-c', runs.steps[0]?.run ?? ''], {
      RUNNER_TEMP: temp,
      GITHUB_ENV: join(temp, 'env'),
      CONTEXT: 'prod',
      SERVER: 'https://prod.example:6443',
      AUTHORITY: Buffer.from('PEM').toString('base64'),
      AUDIENCE: 'tenantry',
      CREDENTIAL: join(action, 'credential.sh'),
    });
    expect(status).toBe(0);
    expect(readFileSync(join(temp, 'env'), 'utf8')).toBe(`KUBECONFIG=${temp}/kubeconfig\n`);
    const config = new KubeConfig();
    config.loadFromFile(join(temp, 'kubeconfig'));
    expect(config.getCurrentCluster()).toMatchObject({ server: 'https://prod.example:6443' });
    const exec = { command: join(action, 'credential.sh'), args: ['tenantry'] };
    expect(config.getCurrentUser()).toMatchObject({ exec });
  });

  test('is shown a token of the job, as long as it lasts', () => {
    const claims = Buffer.from(JSON.stringify({ exp: 1_800_000_000, sub: '>>>???' }));
    const token = `head.${claims.toString('base64url')}.signature`;
    fakes.add('curl', `echo '{"value":"${token}"}'`);
    const { stdout } = run(join(action, 'credential.sh'), ['tenantry'], {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example/?x=1',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
    });
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'ExecCredential',
      status: { token, expirationTimestamp: '2027-01-15T08:00:00Z' },
    });
    // Not among its arguments, which every process of the machine may read.
    expect(fakes.input()).toContain('secret');
    expect(fakes.calls('curl').flat().join(' ')).not.toContain('secret');
  });
});

test('pnpm is exact wherever a token may come into reach, and one that the project takes', () => {
  const action = readFileSync(join(github, 'actions/setup/action.yml'), 'utf8');
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  expect(/npm install --global .*pnpm@(\d+)\.\d+\.\d+$/m.exec(action)?.[1]).toBe(
    /^pnpm@(\d+)\.x$/.exec(packageManager)?.[1],
  );
  for (const file of readdirSync(join(github, 'workflows'))) {
    const text = readFileSync(join(github, 'workflows', file), 'utf8');
    expect(text).not.toMatch(/npx|pnpm@/);
  }
});
