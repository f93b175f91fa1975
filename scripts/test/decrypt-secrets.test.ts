import { beforeEach, describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { decryptSecrets } from '../lib/secrets/decrypt-secrets.ts';
import type { SecretsFile } from '../lib/secrets/secrets-file.ts';
import { type FakeCommands, fakeCommands } from './fake-command.ts';

const secret = (values: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'default' },
  ...values,
});

const FILE: SecretsFile = {
  path: '/w/secrets/alice.yaml',
  text: 'what lies in the file',
  recipients: ['age1first', 'age1second'],
  objects: [secret({ data: { A: 'ENC' }, stringData: { B: 'ENC' }, immutable: true })],
};

let fakes: FakeCommands;
beforeEach(() => {
  fakes = fakeCommands();
});
const says = (yaml: string) => fakes.add('sops', `cat <<'END'\n${yaml}\nEND`);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const dataOf = async () =>
  (await decryptSecrets(fakes.$, FILE)).get('v1 Secret default/db')?.['data'];

test('a file goes to sops and comes back through pipes; no argument has a word of it', async () => {
  says('data:\n  A: eA==\nstringData:\n  B: hunter2');
  const objects = await decryptSecrets(fakes.$, FILE);
  expect(objects).toEqual(
    new Map([
      [
        'v1 Secret default/db',
        secret({ immutable: true, data: { A: 'eA==', B: base64('hunter2') } }),
      ],
    ]),
  );
  expect(fakes.input()).toBe(FILE.text);
  expect(fakes.calls('sops')).toEqual([
    ['decrypt', '--input-type', 'yaml', '--output-type', 'yaml'],
  ]);
});

test('a text stays what it is, also where it reads like another thing', async () => {
  const values = ['12e03', '0x1F', 'null', '~', '1_000', 'on', '2026-01-01'];
  says(`stringData:\n${values.map((value, index) => `  K${index}: ${value}`).join('\n')}`);
  expect(Object.values((await dataOf()) ?? {})).toEqual(values.map(base64));
});

test('base64 may be broken into lines; what is none is named, not shown', async () => {
  says('data:\n  A: |\n    aHVu\n    dGVyMg==');
  expect(await dataOf()).toEqual({ A: base64('hunter2') });
  says('data:\n  A: hunter2!');
  await expect(dataOf()).rejects.toThrow(
    /alice\.yaml: v1 Secret default\/db: data\.A is no base64\n {2}→ put it below stringData/,
  );
});

test('a Secret too large for the host is refused', async () => {
  says(`stringData:\n  B: ${'x'.repeat(200_000)}`);
  await expect(dataOf()).rejects.toThrow(
    /it has 266\d{3} bytes in base64, and no more than 262144/,
  );
});

describe('what sops refuses', () => {
  test('for want of a key is said with the file, its recipients and what to do', async () => {
    fakes.add('sops', 'echo "Failed to get the data key: AGE-SECRET-KEY-1X" >&2; exit 128');
    await expect(dataOf()).rejects.toThrow(
      /alice\.yaml cannot be decrypted: there is no key here of any of its recipients: age1first, age1second\n {2}→ set SOPS_AGE_KEY_FILE/,
    );
  });

  test('is said in its words, and never with what it has written to standard output', async () => {
    fakes.add('sops', 'echo hunter2; echo "MAC mismatch" >&2; exit 51');
    await expect(dataOf()).rejects.toThrow(/MAC mismatch\n {2}→ take it back from Git/);
    fakes.add('sops', 'echo hunter2; exit 1');
    await expect(dataOf()).rejects.toThrow(/: sops ended with exit code 1\n/);
  });
});
