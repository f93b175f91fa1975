import { describe, expect, test } from '@jest/globals';
import {
  type Answer,
  type Conflict,
  nextWrite,
  replacement,
  type Write,
  writesToTry,
} from '../src/dry-run.ts';
import { living, object } from './fixture.ts';

const deployment = (replicas: number) =>
  object(
    'Deployment',
    'fixture-app',
    { spec: { replicas, paused: false } },
    { namespace: 'default', apiVersion: 'apps/v1' },
  );
const write: Write = { method: 'apply', body: deployment(1), force: false, leaves: [] };
const conflict = (...conflicts: Conflict[]): Answer => ({ write, kind: 'conflict', conflicts });

describe('a conflict', () => {
  const autoscaler: Conflict = {
    field: '.spec.replicas',
    manager: 'kube-controller-manager',
    subresource: 'scale',
  };

  test('with the syncer alone is none: it makes a Service anew and then owns all of it', () => {
    const syncer = { field: '.spec.ports', manager: 'vcluster', subresource: '' };
    expect(nextWrite(deployment(1), conflict(syncer))).toEqual({ ...write, force: true });
    const person = { ...syncer, manager: 'kubectl-edit' };
    expect(nextWrite(deployment(1), conflict(syncer, person))).toBeNull();
  });

  test('with an autoscaler leaves it the replicas', () => {
    expect(nextWrite(deployment(1), conflict(autoscaler))).toEqual({
      ...write,
      leaves: ['.spec.replicas'],
      body: { ...deployment(1), spec: { paused: false } },
    });
  });

  test('with a person who has scaled stands', () => {
    const person = { ...autoscaler, manager: 'kubectl' };
    expect(nextWrite(deployment(1), conflict(person))).toBeNull();
  });

  test('that is taken over is not asked about again', () => {
    const forced = { ...conflict(autoscaler), write: { ...write, force: true } };
    expect(nextWrite(deployment(1), forced)).toBeNull();
  });
});

describe('what takes the place of a living object', () => {
  const service = object('Service', 'a', { spec: { ports: [{ port: 443 }] } });

  test('has the addresses that the cluster gave it, and its version', () => {
    const live = living(service, {
      spec: { ports: [], clusterIP: '10.0.0.7', sessionAffinity: 'X' },
    });
    expect(replacement(service, live)).toMatchObject({
      metadata: { uid: 'u', resourceVersion: '7' },
      spec: { ports: [{ port: 443 }], clusterIP: '10.0.0.7' },
    });
    expect(replacement(service, live)['spec']).not.toHaveProperty('sessionAffinity');
  });

  test('keeps labels of others, and none under our prefixes', () => {
    const labels = {
      team: 'payments',
      'tenantry.dev/extra': 'x',
      'pod-security.kubernetes.io/exempt': 'true',
    };
    expect(replacement(service, living(service, {}, { labels })).metadata.labels).toEqual({
      team: 'payments',
    });
  });

  test('keeps the mark of a rollout restart, so that pods do not start again', () => {
    const wanted = object('StatefulSet', 's', { spec: { template: { spec: {} } } });
    const annotations = { 'kubectl.kubernetes.io/restartedAt': 'today', other: 'x' };
    const live = living(wanted, { spec: { template: { metadata: { annotations }, spec: {} } } });
    expect(replacement(wanted, live)['spec']).toEqual({
      template: {
        metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'today' } },
        spec: {},
      },
    });
  });
});

test('only what lives and is not known is asked about; objects of ours are replaced whole', () => {
  const live = new Map([['v1 Service vcluster-tenant-alice/a', living(object('Service', 'a'))]]);
  const wanted = [object('Service', 'a'), object('Service', 'b')];
  const writes = writesToTry('host', wanted, live, new Map(), false);
  expect(writes).toMatchObject([{ method: 'replace', force: true, body: wanted[0] }]);
  expect(writesToTry('virtual', wanted, live, new Map(), false)).toMatchObject([
    { method: 'apply', force: false, body: wanted[0] },
  ]);
});
