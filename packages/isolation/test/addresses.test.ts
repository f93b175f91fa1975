import { describe, expect, test } from '@jest/globals';
import { linkLocalOf, neighbours, parseInterfaces } from '../src/addresses.ts';

const IF_INET6 = `fe80000000000000f0c5bafffe1b0f73 02 40 20 80     eth0
fd000000000000000000000000000012 02 40 00 80     eth0
00000000000000000000000000000001 01 80 10 80       lo
`;

describe('the IPv6 addresses of a pod', () => {
  test('are those of its interfaces, without the loopback', () => {
    expect(parseInterfaces(IF_INET6)).toEqual({
      linkLocal: ['fe80:0:0:0:f0c5:baff:fe1b:f73%eth0'],
      global: ['fd00:0:0:0:0:0:0:12'],
    });
  });

  test('are none where IPv6 is off', () => {
    expect(parseInterfaces('')).toEqual({ linkLocal: [], global: [] });
    const loopback = IF_INET6.split('\n')[2] ?? '';
    expect(parseInterfaces(loopback)).toEqual({ linkLocal: [], global: [] });
  });
});

describe('neighbours', () => {
  test('have the address that their hardware address makes', () => {
    expect(linkLocalOf('f2:c5:ba:1b:0f:73')).toBe('fe80::f0c5:baff:fe1b:f73');
    const arp = `IP address       HW type     Flags       HW address            Mask     Device
10.244.0.1       0x1         0x2         f2:c5:ba:1b:0f:73     *        eth0
10.244.0.9       0x1         0x0         00:00:00:00:00:00     *        eth0
`;
    expect(neighbours(arp)).toEqual(['fe80::f0c5:baff:fe1b:f73%eth0']);
  });

  test('are none in an empty table', () => {
    expect(neighbours('')).toEqual([]);
  });
});
