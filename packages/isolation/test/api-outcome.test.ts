import { describe, expect, test } from '@jest/globals';
import { outcomeOfCall, outcomeOfCreate, outcomeOfRead } from '../src/api-outcome.ts';

describe('what a server says', () => {
  const status = (code: number, message: string) => ({
    status: code,
    ok: code >= 200 && code < 300,
    message,
  });

  test.each([
    [201, '', 'allowed'],
    [403, 'pods "x" is forbidden: violates PodSecurity', 'refused'],
    [422, "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no", 'refused'],
    [422, 'Pod "x" is invalid: spec.containers: Required value', null],
    [409, 'pods "x" already exists', null],
    [500, 'etcdserver: request timed out', null],
  ])('to a creation, %i %s is %s', (code, message, seen) => {
    expect(outcomeOfCreate('id', status(code, message)).seen).toBe(seen);
  });

  test.each([
    [200, 'allowed'],
    [401, 'refused'],
    [403, 'refused'],
    [404, null],
    [503, null],
  ])('to a read, %i is %s', (code, seen) => {
    expect(outcomeOfRead('id', status(code, '')).seen).toBe(seen);
  });

  test.each([
    ['failed calling webhook "x": dial tcp 10.0.0.1:443: connect: connection refused', 'refused'],
    ['failed calling webhook "x": context deadline exceeded', 'refused'],
    ['error trying to reach service: http: server gave HTTP response to HTTPS client', 'allowed'],
    ['error trying to reach service: EOF', 'allowed'],
    ['failed calling webhook "x": tls: failed to verify certificate: x509', 'allowed'],
    ['no endpoints available for service "x"', null],
    ['500 unexpected EOF', null],
    ['500 dial tcp 127.0.0.1:44159: connect: connection refused', null],
  ])('of an address that it was to call, %s, is %s', (message, seen) => {
    expect(outcomeOfCall('id', message).seen).toBe(seen);
  });
});
