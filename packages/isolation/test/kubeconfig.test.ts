import { expect, test } from '@jest/globals';
import { foreignKubeconfigKeys } from '../src/kubeconfig.ts';

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
