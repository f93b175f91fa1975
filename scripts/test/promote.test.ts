import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import promote from '../commands/promote.ts';
import type { Context } from '../lib/cli/run-main.ts';
import { checkDist, synthDist } from '../lib/dist/synth.ts';
import { contents, tempWorkspace, type TempWorkspace } from './helpers/temp-workspace.ts';

const TENANTS = `{
  "tenants": [
    { "id": "alice", "name": "Alice", "release": "canary" },
    { "id": "bob", "name": "Bob" }
  ]
}
`;

const quiet = () => undefined;

let place: TempWorkspace;
let said: string[];
beforeEach(async () => {
  place = tempWorkspace();
  place.tenants(TENANTS);
  said = [];
  await synthDist(place, quiet);
});
afterEach(() => place.remove());

const run = (...positionals: readonly string[]) =>
  promote.run({
    workspace: place,
    positionals,
    print: (line: string) => void said.push(line),
  } as unknown as Context);
const read = (path: string) => readFileSync(join(place.dir, path), 'utf8');
const imagesOf = (id: string) =>
  (JSON.parse(read(`dist/${id}/tenant.json`)) as { images: Record<string, string> }).images;

test('a promotion pins what was tried, for the tenants of the other release alone', async () => {
  const source = imagesOf('alice');
  const text = read('dist/alice/tenant.json');
  const tried = { ...source, app: 'tenantry/app:aaaaaaaaaaaa' };
  // As if this checkout had changed since Alice tried it.
  place.write('dist/alice/tenant.json', text.replaceAll(source['app'] ?? '', tried.app));
  await run('canary', 'stable');
  expect(said).toContain(`stable: app ${tried.app}`);
  expect(read('tenants.json')).toBe(
    TENANTS.replace(
      '  ]\n}',
      `  ],\n  "releases": { "stable": { "images": { "app": "${tried.app}", "cache": "${source['cache']}" } } }\n}`,
    ),
  );
  expect([imagesOf('alice'), imagesOf('bob')]).toEqual([source, tried]);
  expect(read('dist/bob/virtual/deployment.fixture-app.yaml')).toContain(tried.app);
  expect(await checkDist(place, quiet)).toBe(0);
});

test('what nobody has tried, and what there is not, is refused, and nothing is written', async () => {
  place.tenants(TENANTS.replace(', "release": "canary"', ''));
  const before = contents(place.dir);
  await expect(run('canary', 'stable')).rejects.toThrow(
    /^no tenant runs canary, [^]*→ "release": "canary" for a tenant/,
  );
  await expect(run('canari', 'stable')).rejects.toThrow('did you mean canary?');
  await expect(run('stable', 'canari')).rejects.toThrow('did you mean canary?');
  expect(contents(place.dir)).toEqual(before);
});
