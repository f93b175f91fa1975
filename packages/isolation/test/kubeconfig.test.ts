import { expect, test } from '@jest/globals';
import { foreignKubeconfigKeys, kubeconfigSecrets } from '../src/kubeconfig.ts';

const config = (cluster: object, user: object) => ({
  clusters: [
    { name: 'c', cluster: { server: 'https://x', 'certificate-authority-data': '', ...cluster } },
  ],
  users: [{ name: 'u', user: { 'client-certificate-data': '', 'client-key-data': '', ...user } }],
});

test.each([
  [config({}, {}), []],
  [config({}, { exec: { command: 'sh' } }), ['user.exec']],
  [config({}, { tokenFile: '/etc/shadow' }), ['user.tokenFile']],
  [config({ 'proxy-url': 'http://x' }, {}), ['cluster.proxy-url']],
  [config({ 'insecure-skip-tls-verify': true }, {}), ['cluster.insecure-skip-tls-verify']],
  ['text', ['no kubeconfig']],
  [{ users: [{ user: { 'auth-provider': {} } }, null] }, ['user.auth-provider']],
])('a kubeconfig %j has beyond certificates %j', (value, keys) => {
  expect(foreignKubeconfigKeys(value)).toEqual(keys);
});

test('an address is foreign where another one is told', () => {
  expect(foreignKubeconfigKeys(config({}, {}), 'https://x')).toEqual([]);
  expect(foreignKubeconfigKeys(config({ server: 'https://y' }, {}), 'https://x')).toEqual([
    'cluster.server',
  ]);
});

test('the Secrets that a vcluster writes are the usual one and those that its values name', () => {
  const usual = { name: 'vc-tenant-alice', server: null };
  const flux = { name: 'vc-tenant-alice-flux', server: 'https://x' };
  const values = { exportKubeConfig: { additionalSecrets: [flux] } };
  expect(kubeconfigSecrets('tenant-alice', {})).toEqual([usual]);
  expect(kubeconfigSecrets('tenant-alice', values)).toEqual([usual, flux]);
});
