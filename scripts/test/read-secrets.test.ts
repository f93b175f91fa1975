import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { referenceOf } from '@tenantry/plan';
import { readDist } from '../lib/deploy/make-plan.ts';
import { checkDist, synthDist } from '../lib/dist/synth.ts';
import { contents, tempWorkspace, type TempWorkspace } from './helpers/temp-workspace.ts';

const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: default
stringData:
  PASSWORD: ENC[AES256_GCM,data:Cw==,iv:2k==,tag:9Z==,type:str]
sops:
  age:
    - recipient: age1first
`;

const quiet = () => undefined;

let place: TempWorkspace;
beforeEach(async () => {
  place = tempWorkspace();
  place.tenants([
    { id: 'alice', name: 'Alice' },
    { id: 'bob', name: 'Bob' },
  ]);
  await synthDist(place, quiet);
});
afterEach(() => place.remove());

test('a tenant’s Secrets are among its objects, and no other’s; dist/ has none of them', async () => {
  place.write('secrets/alice.yaml', SECRET);
  place.write('secrets/.sops.yaml', '');
  const [alice, bob] = readDist(place, []).flatMap(({ tenants }) => tenants);
  const secretsOf = (tenant: typeof alice) =>
    tenant?.virtualObjects.map(referenceOf).filter((each) => each === 'v1 Secret default/db');
  expect([secretsOf(alice), secretsOf(bob)]).toEqual([['v1 Secret default/db'], []]);
  await synthDist(place, quiet);
  expect(JSON.stringify(contents(place.dist))).not.toContain('ENC[');
});

test('where Flux is set up, synth tells it of a tenant’s first Secret', async () => {
  const host = { flux: { registry: 'oci://registry.example.com/tenants' } };
  place.tenants(JSON.stringify({ host, tenants: [{ id: 'alice', name: 'Alice' }] }));
  await synthDist(place, quiet);
  place.write('secrets/alice.yaml', SECRET);
  const lines: string[] = [];
  await synthDist(place, (line) => void lines.push(line));
  expect(lines[0]).toBe(
    '_flux: alice/vcluster/kustomization.virtual.yaml, +alice/secrets/kustomization.yaml',
  );
  expect(await checkDist(place, quiet)).toBe(0);
});

describe('nothing is planned, deployed or synthesized while secrets/ has', () => {
  test.each([
    [
      'a Secret in clear',
      'alice.yaml',
      SECRET.replace(/sops:[^]*/, ''),
      'secrets/alice.yaml: is not encrypted',
    ],
    [
      'a copy of one',
      'alice.yaml.bak',
      SECRET,
      'secrets/alice.yaml.bak is no <id>.yaml of a tenant',
    ],
    [
      'a hidden file',
      '.alice.yaml.swp',
      'x',
      'secrets/.alice.yaml.swp is no <id>.yaml of a tenant',
    ],
  ])('%s', async (_, name, text, fault) => {
    place.write('dist/alice/tenant.json', '{}');
    const before = contents(place.dist);
    place.write(`secrets/${name}`, text);
    expect(() => readDist(place, ['bob'])).toThrow(fault);
    await expect(synthDist(place, quiet)).rejects.toThrow(fault);
    await expect(checkDist(place, quiet)).rejects.toThrow(fault);
    expect(contents(place.dist)).toEqual(before);
  });
});

test('a file of no tenant is refused, and whose it may be said', () => {
  place.write('secrets/alcie.yaml', SECRET);
  expect(() => readDist(place, [])).toThrow(
    /secrets\/alcie\.yaml is of no tenant\n {2}→ did you mean alice\.yaml\?/,
  );
});

test('a Secret that the chart has as well is refused', () => {
  place.write('dist/alice/virtual/secret.yaml', SECRET.replace(/sops:[^]*/, ''));
  place.write('secrets/alice.yaml', SECRET);
  expect(() => readDist(place, [])).toThrow(
    "the workload's chart has v1 Secret default/db as well",
  );
});
