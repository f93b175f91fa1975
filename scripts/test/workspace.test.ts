import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { actualContext, isOurs, workspace } from '../lib/cli/workspace.ts';

const root = resolve(import.meta.dirname, '../..');

test('everything lies in the repository where nobody says otherwise', () => {
  expect(workspace({})).toEqual({
    root,
    dir: root,
    tenantsFile: join(root, 'tenants.json'),
    dist: join(root, 'dist'),
    secrets: join(root, 'secrets'),
    state: join(root, '.tenantry'),
    kubeconfig: join(root, '.tenantry/kubeconfig'),
    bin: join(root, '.tenantry/bin'),
    archives: join(root, 'archives'),
    cache: join(homedir(), '.cache/tenantry'),
    cluster: 'tenantry',
    recipient: undefined,
  });
});

test('TENANTRY_RECIPIENT is for whom every command encrypts what it keeps in archives/', () => {
  expect(workspace({ TENANTRY_RECIPIENT: 'age1x' }).recipient).toBe('age1x');
});

test('TENANTRY_DIR moves input, output and state, not the repository', () => {
  expect(workspace({ TENANTRY_DIR: '/srv/t' })).toMatchObject({
    root,
    tenantsFile: '/srv/t/tenants.json',
    dist: '/srv/t/dist',
    kubeconfig: '/srv/t/.tenantry/kubeconfig',
  });
});

test('an empty variable counts as none', () => {
  const names = ['TENANTRY_DIR', 'TENANTRY_CLUSTER', 'TENANTRY_CACHE', 'TENANTRY_RECIPIENT'];
  const empty = Object.fromEntries(names.map((name) => [name, '']));
  expect(workspace(empty)).toEqual(workspace({}));
});

test('builds are kept in TENANTRY_CACHE, or where the system keeps caches', () => {
  expect(workspace({ XDG_CACHE_HOME: '/x' }).cache).toBe('/x/tenantry');
  expect(workspace({ XDG_CACHE_HOME: '/x', TENANTRY_CACHE: '/y' }).cache).toBe('/y/tenantry');
});

test('TENANTRY_CLUSTER renames our own cluster only', () => {
  const { cluster } = workspace({ TENANTRY_CLUSTER: 'test' });
  expect(actualContext('kind-tenantry', { cluster })).toBe('kind-test');
  expect(actualContext('prod', { cluster })).toBe('prod');
  expect(isOurs('kind-test', { cluster })).toBe(true);
  expect(isOurs('kind-tenantry', { cluster })).toBe(false);
  expect(isOurs('prod', { cluster })).toBe(false);
});
