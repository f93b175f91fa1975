import { describe, expect, test } from '@jest/globals';
import { egressOf, hasOpenings, nameserversOf, nodeBlocks, plan } from '../src/index.ts';
import { alice, object, observed } from './fixture.ts';

const policy = (name: string, cidr: string, port: number) =>
  object('NetworkPolicy', name, {
    spec: { egress: [{ to: [{ ipBlock: { cidr } }], ports: [{ port }] }] },
  });
const egress = policy('egress', '172.18.0.0/16', 5432);
const nameservers = policy('nameservers', '10.0.0.2/32', 53);
// As every tenant has it: the host's API for its control plane.
const controlPlane = policy('control-plane', '0.0.0.0/0', 6443);

test('what a plan opens is read off its policies, and off no others', () => {
  const hostObjects = [controlPlane, egress, nameservers];
  expect(egressOf(hostObjects)).toEqual([{ cidr: '172.18.0.0/16', ports: [5432] }]);
  expect(nameserversOf(hostObjects)).toEqual(['10.0.0.2']);
  expect(hasOpenings([{ hostObjects }])).toBe(true);
  expect(hasOpenings([{ hostObjects: [controlPlane] }])).toBe(false);
});

describe('a plan that opens', () => {
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1' },
    spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24', 'fd00:10:244::/64'] },
    status: {
      addresses: [
        { type: 'InternalIP', address: '172.18.0.2' },
        { type: 'Hostname', address: 'node-1' },
      ],
    },
  };
  const clusterBlocks = nodeBlocks([node]);
  const planned = (...hostObjects: readonly ReturnType<typeof policy>[]) => {
    const dist = { hostWide: [], tenants: [alice({ hostObjects })], known: ['alice'] };
    return plan(dist, observed(null, { clusterBlocks })).tenants[0];
  };

  test.each([
    ['a node', egress, 'egress leads to 172.18.0.0/16, and 172.18.0.2/32 is node node-1'],
    [
      'some pods of a node',
      policy('egress', '10.244.0.128/25', 5432),
      'egress leads to 10.244.0.128/25, and 10.244.0.0/24 is pods of node node-1',
    ],
    [
      'a node as a name server',
      policy('nameservers', '172.18.0.2/32', 53),
      'nameservers leads to 172.18.0.2/32, and 172.18.0.2/32 is node node-1',
    ],
  ])('%s is refused, and nothing is written', (_, opened, why) => {
    expect(planned(opened)).toMatchObject({ obstacle: { why }, changes: [] });
  });

  test('what is not the cluster’s is carried out', () => {
    expect(
      planned(controlPlane, policy('egress', '172.18.0.1/32', 5432), nameservers),
    ).toMatchObject({
      obstacle: null,
    });
  });
});
