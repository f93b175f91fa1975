import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { lostFlags, refuseSwallowedFlags } from '../lib/cli/pnpm-flags.ts';

describe('flags that pnpm kept for itself', () => {
  test.each([
    ['pnpm deploy --dry-run', [], ['--dry-run']],
    ['pnpm deploy alice --yes --force', ['alice'], ['--yes', '--force']],
    ['pnpm deploy --yes=true', [], ['--yes=true']],
    ['pnpm deploy -y', [], ['-y']],
    ['pnpm@12 deploy --yes', [], ['--yes']],
    ['npx pnpm@12 deploy --yes', [], ['--yes']],
    ['npx --yes pnpm@12 deploy --dry-run', [], ['--dry-run']],
    ['node /usr/lib/node_modules/pnpm/bin/pnpm.cjs deploy --prod', [], ['--prod']],
    ['/opt/pnpm/pnpm deploy --prod', [], ['--prod']],
    ['pnpm --dir x deploy --yes', [], ['--yes']],
    ['pnpm --dir deploy deploy --yes', [], ['--yes']],
    ['pnpm deploy --yes -- --json', ['--json'], ['--yes']],
  ])('%s', (line, argv, lost) => {
    expect(lostFlags(line.split(' '), 'deploy', argv)).toEqual(lost);
  });
});

describe('nothing is lost of', () => {
  test.each([
    ['pnpm deploy', []],
    ['pnpm deploy alice bob', ['alice', 'bob']],
    ['pnpm run deploy --x', ['--x']],
    ['pnpm run deploy alice --x 1 -y', ['alice', '--x', '1', '-y']],
    ['pnpm deploy -- --x', ['--x']],
    ['npx --yes pnpm@12 run deploy --x', ['--x']],
    ['pnpm --dir x deploy', []],
    ['pnpm -C x --silent deploy alice', ['alice']],
    ['pnpm --dir deploy deploy', []],
  ])('%s', (line, argv) => {
    expect(lostFlags(line.split(' '), 'deploy', argv)).toEqual([]);
  });
});

describe('a command line that is not pnpm’s means nothing', () => {
  test.each([
    'npm run deploy --x',
    'bash deploy --x',
    'node scripts/deploy.ts --x',
    'pnpmx deploy --x',
  ])('%s', (line) => expect(lostFlags(line.split(' '), 'deploy', [])).toEqual([]));

  test('nor one of pnpm’s for another script', () => {
    expect(lostFlags(['pnpm', 'test', '--watch'], 'deploy', [])).toEqual([]);
  });

  test('nor a shell’s, whose words are one text', () => {
    expect(lostFlags(['sh', '-c', 'pnpm deploy --x'], 'deploy', [])).toEqual([]);
  });
});

describe('a script that pnpm runs', () => {
  const self = basename(process.argv[1] ?? '');
  const env = { npm_lifecycle_event: 'deploy', npm_lifecycle_script: `node scripts/${self} alice` };
  const above = (...lines: readonly string[]) => {
    return async () => [['sh', '-c', 'node x'], ...lines.map((line) => line.split(' '))];
  };

  test('refuses to run without the flags that were typed, and says how to type them', async () => {
    await expect(
      refuseSwallowedFlags(['alice'], above('pnpm deploy alice --dry-run --yes'), env),
    ).rejects.toMatchObject({
      name: 'UsageError',
      message:
        'pnpm kept --dry-run --yes for itself; nothing was done\n' +
        '  → write: pnpm run deploy --dry-run --yes',
    });
  });

  test('runs where nothing was lost', async () => {
    await refuseSwallowedFlags(['--yes'], above('pnpm run deploy --yes', 'npx pnpm@12'), env);
  });

  test('does not look where pnpm did not start it', async () => {
    const look = async () => {
      throw new TypeError('looked');
    };
    await refuseSwallowedFlags([], look, {});
    await refuseSwallowedFlags([], look, { ...env, npm_lifecycle_script: 'node scripts/other.ts' });
  });
});
