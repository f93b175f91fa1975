import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { jsonSchema } from '../src/index.ts';

const broken = join(import.meta.dirname, 'broken');

test('an editor can say of every property what it is', () => {
  expect(undescribed(jsonSchema())).toEqual([]);
});

/** The paths of all properties without a description and without examples. */
function undescribed(schema: unknown, path = ''): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, items, additionalProperties } = schema as Record<string, object>;
  return [
    ...Object.entries(properties).flatMap(([name, property]) => [
      ...('description' in property || 'examples' in property ? [] : [`${path}.${name}`]),
      ...undescribed(property, `${path}.${name}`),
    ]),
    ...undescribed(items, `${path}[]`),
    ...undescribed(additionalProperties, `${path}.*`),
  ];
}

// An editor finds the chart's schema beside ours; here both get an address.
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { date: true } });
const chart = readFileSync(join(import.meta.dirname, '../vcluster.schema.json'), 'utf8');
ajv.addSchema(JSON.parse(chart), 'file:///vcluster.schema.json');
const validate = ajv.compile({ ...jsonSchema(), $id: 'file:///tenants.schema.json' });

test('the least form is valid', () => {
  expect(validate({ tenants: [{ id: 'alice', name: 'Alice' }] })).toBe(true);
});

/** References, sums, amounts and bytes: the parser's own rules. */
const BEYOND_A_SCHEMA = [
  'capacity-exceeded.json',
  'default-plan-missing.json',
  'default-plan-unknown.json',
  'half-of-a-character.json',
  'host-api-cidr-link-local.json',
  'host-api-cidr.json',
  'host-domain-without-gateway.json',
  'host-gateway-without-domain.json',
  'hostnames-without-gateway.json',
  'hostnames.json',
  'hosts-and-host.json',
  'hosts-capacity.json',
  'hosts-domains.json',
  'hosts-empty.json',
  'hosts-plans.json',
  'hosts-same-context.json',
  'hosts-unknown-of-short-form.json',
  'id-twice.json',
  'key-twice-at-the-top.json',
  'key-twice-by-escape.json',
  'key-twice-in-plan.json',
  'key-twice-in-tenant.json',
  'latin-1.json',
  'paused-by-of-active.json',
  'paused-since-of-active.json',
  'plan-called-constructor.json',
  'plan-called-proto.json',
  'plan-cpu-huge.json',
  'plan-cpu-zero.json',
  'plan-egress-closed.json',
  'plan-memory-huge.json',
  'plan-memory-part-of-a-byte.json',
  'plan-memory-zero.json',
  'plan-near-miss.json',
  'plan-requests-above-limits.json',
  'plan-runtime-class.json',
  'plan-too-small-for-the-service.json',
  'plan-unknown.json',
  'plan-vcluster-closed.json',
  'plan-vcluster-paid.json',
  'plans-empty.json',
  'release-unknown.json',
  'wave-unknown.json',
];

test('the schema refuses each broken file but those that break what no schema can say', () => {
  const accepted = readdirSync(broken)
    .filter((name) => name.endsWith('.json'))
    .filter((name) => {
      try {
        return validate(JSON.parse(readFileSync(join(broken, name), 'utf8')));
      } catch {
        return false;
      }
    });
  expect(accepted).toEqual(BEYOND_A_SCHEMA);
});
