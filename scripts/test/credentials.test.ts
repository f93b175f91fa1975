import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import type { KubeObject } from '@tenantry/plan';
import { credentialsOf, kubeconfigOf } from '../lib/cluster/credentials.ts';
import fixture from './data/vcluster-credentials.json' with { type: 'json' };

const { 'other-key': OTHER_KEY, ...DATA } = fixture;
const CONTEXT = 'vcluster_tenant-alice_vcluster-tenant-alice_kind-tenantry';
const SERVER = 'https://localhost:40000';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const text = (value: string) => Buffer.from(value, 'base64').toString();
const secret = (data: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'vc-tenant-alice', namespace: 'vcluster-tenant-alice' },
  data,
});

function kubeconfig(data: object): unknown {
  const credentials = credentialsOf(secret(data));
  return credentials && load(kubeconfigOf(credentials, CONTEXT, SERVER));
}

const EXPECTED = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    {
      name: CONTEXT,
      cluster: { server: SERVER, 'certificate-authority-data': expect.any(String) },
    },
  ],
  users: [
    {
      name: CONTEXT,
      user: {
        'client-certificate-data': expect.any(String),
        'client-key-data': expect.any(String),
      },
    },
  ],
  contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user: CONTEXT, namespace: 'default' } }],
  'current-context': CONTEXT,
};

test("a tenant's kubeconfig has the tenant's context, CA, certificate and key, and nothing else", () => {
  expect(kubeconfig(DATA)).toEqual(EXPECTED);
  expect(credentialsOf(secret(DATA))).toMatchObject({
    ca: text(DATA['certificate-authority']),
    certificate: text(DATA['client-certificate']),
  });
});

const CLUSTER = {
  server: 'https://evil.example',
  'insecure-skip-tls-verify': true,
  'proxy-url': 'http://evil.example:3128',
  'tls-server-name': 'evil.example',
  'certificate-authority': '/etc/passwd',
};
const USER = {
  exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', 'id'] },
  'auth-provider': { name: 'oidc', config: { 'idp-issuer-url': 'https://evil.example' } },
  tokenFile: '/root/.ssh/id_ed25519',
  token: 'stolen',
  'client-key': '/root/.ssh/id_ed25519',
  as: 'system:admin',
};
const BOMB = ['a: &a [x, x]', 'b: &b [*a, *a]', 'c: &c [*b, *b]', 'clusters: [*c, *c]'].join('\n');

test.each([
  [
    'exec, files, a proxy and insecure flags',
    JSON.stringify({
      clusters: [{ name: 'x', cluster: CLUSTER }],
      users: [{ name: 'x', user: USER }],
    }),
  ],
  ['aliases that grow', BOMB],
  ['no YAML', '\u0000{{{'],
])('the kubeconfig in the Secret is not read: %s', (_what, config) => {
  const fields = Object.entries({ ...CLUSTER, ...USER, config });
  const more = Object.fromEntries(
    fields.map(([key, value]) => [
      key,
      base64(typeof value === 'string' ? value : JSON.stringify(value)),
    ]),
  );
  expect(kubeconfig({ ...more, ...DATA })).toEqual(EXPECTED);
});

test.each(Object.keys(DATA))('without %s there are no credentials yet', (key) => {
  expect(credentialsOf(secret({ ...DATA, [key]: '' }))).toBeNull();
  expect(credentialsOf(secret({ ...DATA, [key]: undefined }))).toBeNull();
  expect(credentialsOf(undefined)).toBeNull();
});

const CERTIFICATE = text(DATA['client-certificate']);
const KEY = text(DATA['client-key']);

test.each([
  ['certificate-authority', 'a path', '/etc/passwd'],
  ['certificate-authority', 'YAML', BOMB],
  ['certificate-authority', 'a broken body', CERTIFICATE.replace(/\n.{20}/, '\n')],
  ['certificate-authority', 'text before it', `exec: sh\n${CERTIFICATE}`],
  ['certificate-authority', 'text behind it', `${CERTIFICATE}exec: sh\n`],
  ['certificate-authority', 'headers', CERTIFICATE.replace('-----\n', '-----\nProc-Type: 4\n\n')],
  ['certificate-authority', 'too many', CERTIFICATE.repeat(11)],
  ['certificate-authority', 'too much', CERTIFICATE.repeat(200)],
  ['client-certificate', 'a key', KEY],
  ['client-certificate', 'a certificate and a key', CERTIFICATE + KEY],
  ['client-key', 'a certificate', CERTIFICATE],
  ['client-key', 'two keys', KEY + KEY],
  ['client-key', 'an empty key', KEY.replace(/\n[^-]+\n/, '\nAAAA\n')],
  ['client-key', "another certificate's key", text(OTHER_KEY)],
])('%s is refused by name: %s', (key, _what, value) => {
  expect(() => credentialsOf(secret({ ...DATA, [key]: base64(value) }))).toThrow(key);
});

test('a key that is no text is refused', () => {
  expect(() => credentialsOf(secret({ ...DATA, 'client-key': { a: 1 } }))).toThrow('client-key');
});
