import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type FakeCommands, fakeCommands } from './fake-command.ts';
import { tempWorkspace, type TempWorkspace } from './helpers/temp-workspace.ts';
import { runScript } from './run-script.ts';

const VALUE = 'ENC[AES256_GCM,data:Cw==,iv:2k==,tag:9Z==,type:str]';
const file = (kind = 'Secret', values = `A: ${VALUE}`) =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: db\n  namespace: default\nstringData:\n  ${values}\nsops:\n  age:\n    - recipient: age1first\n`;

let place: TempWorkspace;
let fakes: FakeCommands;
beforeEach(() => {
  place = tempWorkspace();
  place.tenants([{ id: 'alice', name: 'Alice' }]);
  fakes = fakeCommands();
});
afterEach(() => place.remove());

interface Acts {
  readonly encrypt?: string;
  readonly decrypt?: string;
  readonly edit?: string;
}

/** What sops does when it is asked to; it always is the one that we want. */
function sops({
  encrypt = `cat <<'END'\n${file()}END`,
  decrypt = 'echo "stringData: {A: hunter2}"',
  edit = 'exit 200',
}: Acts = {}): void {
  fakes.add(
    'sops',
    `case "$1" in --version) echo sops 3.13.3;; encrypt) ${encrypt}\n;; decrypt) ${decrypt}\n;; edit) ${edit}\n;; esac`,
  );
}

const saves = (text: string) => `cat >"$2" <<'END'\n${text}END\n`;
const path = () => join(place.secrets, 'alice.yaml');
const run = (...args: readonly string[]) =>
  runScript('secret', args, {
    PATH: `${fakes.directory}:/usr/bin:/bin`,
    TENANTRY_DIR: place.dir,
  });

test('the first edit makes the file of what is saved', () => {
  sops({ edit: saves(file('Secret', `NEW: ${VALUE}`)) });
  expect(run('edit', 'alice')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /alice\.yaml is written\n {2}→ commit it, then pnpm deploy alice/,
    ),
  });
  expect(readFileSync(path(), 'utf8')).toContain('NEW: ENC');
  expect(fakes.calls('sops').at(-1)).toEqual(['edit', path()]);
});

test('where Flux is the engine, it says so, and of the first that synth tells Flux of it', () => {
  const host = { engine: 'flux', flux: { registry: 'oci://registry.example.com/tenants' } };
  place.tenants(JSON.stringify({ host, tenants: [{ id: 'alice', name: 'Alice' }] }));
  sops({ edit: saves(file('Secret', `NEW: ${VALUE}`)) });
  const next = () => run('edit', 'alice').stdout.split('→ ')[1];
  expect([next(), next()]).toEqual([
    'run pnpm synth and commit both, and Flux applies it\n',
    'commit it, and Flux applies it\n',
  ]);
});

test('a first edit that saves nothing leaves nothing', () => {
  sops();
  expect(run('edit', 'alice')).toMatchObject({ code: 0 });
  expect(existsSync(path())).toBe(false);
});

test('without recipients it says what to write, and leaves nothing', () => {
  sops({ encrypt: 'echo "config file not found" >&2; exit 1' });
  const { code, stderr } = run('edit', 'alice');
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /alice\.yaml cannot be made: [^]*config file not found\n {2}→ write \.sops\.yaml/,
  );
  expect(existsSync(place.secrets)).toBe(false);
});

test('without a key no editor is opened, and a file that was there stays', () => {
  sops({ decrypt: 'exit 128' });
  const expected = { code: 1, stderr: expect.stringContaining('of its recipients: age1first') };
  expect(run('edit', 'alice')).toMatchObject(expected);
  expect(existsSync(path())).toBe(false);
  place.write('secrets/alice.yaml', file());
  expect(run('edit', 'alice')).toMatchObject(expected);
  expect(readFileSync(path(), 'utf8')).toBe(file());
  expect(fakes.calls('sops').filter(([word]) => word === 'edit')).toEqual([]);
});

test('what is saved and is no Secret is kept, said and can be mended', () => {
  place.write('secrets/alice.yaml', file());
  sops({ edit: saves(file('ConfigMap')) });
  expect(run('edit', 'alice')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /alice\.yaml: kind is not Secret.*\n {2}→ pnpm secret edit alice/,
    ),
  });
  sops({ edit: saves(file()) });
  expect(run('edit', 'alice')).toMatchObject({ code: 0 });
});

test('who is no tenant has no secrets', () => {
  expect(run('edit', 'alcie')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean alice?'),
  });
  expect(run('show', 'alice')).toMatchObject({ code: 2 });
});
