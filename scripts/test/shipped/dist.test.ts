import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkDist } from '../../lib/dist/synth.ts';
import { root } from '../helpers/temp-workspace.ts';

test('the dist/ in Git is what tenants.json in Git says, and secrets/ holds nothing in clear', async () => {
  const places = {
    root,
    tenantsFile: join(root, 'tenants.json'),
    dist: join(root, 'dist'),
    secrets: join(root, 'secrets'),
    state: join(root, '.tenantry'),
  };
  const lines: string[] = [];
  const code = await checkDist(places, (line) => void lines.push(line));
  expect([code, ...lines]).toEqual([
    0,
    expect.stringMatching(/^dist is up to date: \d+ tenants?$/),
  ]);
});
