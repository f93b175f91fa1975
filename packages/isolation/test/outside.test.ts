import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import {
  openingResults,
  outsideAddresses,
  outsideReference,
  tenantToOutside,
} from '../src/outside.ts';

const policy = (name: string, ...openings: readonly [string, ...number[]][]): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec: {
    egress: openings.map(([cidr, ...ports]) => ({
      to: [{ ipBlock: { cidr } }],
      ports: ports.map((port) => ({ port })),
    })),
  },
});
const tenants = [
  { id: 'alice', hostObjects: [policy('egress', ['10.20.0.1/32', 5432, 6379])] },
  {
    id: 'bob',
    hostObjects: [
      policy('egress', ['10.20.0.0/16', 5432]),
      policy('nameservers', ['10.0.0.2/32', 53]),
    ],
  },
  { id: 'carol', hostObjects: [policy('control-plane', ['0.0.0.0/0', 6443])] },
];
const addresses = outsideAddresses(tenants);

test('what is tried outside is each single address that a plan names, and each name server', () => {
  expect(addresses.map(({ name, openTo }) => [name, openTo])).toEqual([
    ['outside-10.20.0.1-5432', ['alice', 'bob']],
    ['outside-10.20.0.1-6379', ['alice']],
    ['outside-10.0.0.2-dns-udp', []],
  ]);
});

test('all that is open on purpose is told, wide blocks as well', () => {
  const rows = openingResults(tenants).map(({ probe: { id, attempt } }) => [id, attempt]);
  expect(rows).toEqual([
    ['alice/network/egress-1', 'open on purpose: 10.20.0.1/32 5432, 6379'],
    ['bob/network/egress-1', 'open on purpose: 10.20.0.0/16 5432'],
    ['bob/network/nameservers', 'its DNS asks 10.0.0.2'],
  ]);
});

describe('a tenant', () => {
  const answering = (...names: readonly string[]) =>
    addresses.map((address) => ({ ...address, answers: names.includes(address.name) }));
  const tried = (from: string, ...names: readonly string[]) =>
    tenantToOutside(from, answering(...names)).map(({ id, expected, controls }) => [
      id,
      expected,
      ...controls,
    ]);

  test('must reach what its plan opens and nothing else, as far as it answers the host’s pod', () => {
    const all = addresses.map(({ name }) => name);
    expect(outsideReference(answering(...all)).map(({ id }) => id)).toEqual(
      all.map((name) => `host/network/${name}`),
    );
    const refused = (id: string, name: string) => [
      `${id}/network/${name}`,
      'refused',
      `host/network/${name}`,
    ];
    expect(tried('bob', ...all)).toEqual([
      ['bob/network/outside-10.20.0.1-5432', 'allowed'],
      refused('bob', 'outside-10.20.0.1-6379'),
      refused('bob', 'outside-10.0.0.2-dns-udp'),
    ]);
    expect(tried('carol', ...all)).toEqual(all.map((name) => refused('carol', name)));
  });

  test('is judged by the rules alone where nothing answers', () => {
    expect(outsideReference(answering())).toEqual([]);
    expect(tried('alice')).toEqual([['alice/network/outside-10.0.0.2-dns-udp', 'refused']]);
  });
});
