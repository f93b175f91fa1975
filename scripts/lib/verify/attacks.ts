import { SERVICE } from '@tenantry/tenants';
import type { Attempt, Benign } from './attack.ts';
import type { NewObject } from '../kube/objects.ts';
import { podAttempts } from './pod-attacks.ts';
import { STAGE } from './fixtures.ts';

/** A documentation address (RFC 5737): nobody's traffic is taken even where it is let through. */
const NOBODYS_ADDRESS = '203.0.113.7';

export function benignService(namespace: string): NewObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${STAGE}-service`, namespace },
    spec: { selector: { app: STAGE }, ports: [{ port: SERVICE.port }] },
  };
}

export function benignClaim(namespace: string): NewObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `${STAGE}-claim`, namespace },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
  };
}

/** What is tried both inside, by the tenant, and on the host, by its syncer. */
export function attempts(benign: Benign): readonly Attempt[] {
  return [...podAttempts(benign.pod), ...serviceAttempts(benign.service), ...claims(benign.claim)];
}

function serviceAttempts(service: NewObject): readonly Attempt[] {
  const attempt = (name: string, text: string, change: object): Attempt => ({
    name,
    text,
    twin: 'service',
    object: {
      ...service,
      metadata: { ...service.metadata, name: `${STAGE}-${name}` },
      spec: { ...(service['spec'] as object), ...change },
    },
  });
  return [
    attempt('external-ips', 'Service with externalIPs', { externalIPs: [NOBODYS_ADDRESS] }),
    attempt('load-balancer', 'LoadBalancer Service', { type: 'LoadBalancer' }),
    attempt('node-port', 'NodePort beyond the quota', {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
    }),
    attempt('node-port-cluster', 'NodePort that hides its clients', { type: 'NodePort' }),
  ];
}

function claims(claim: NewObject): readonly Attempt[] {
  const name = `${STAGE}-foreign-class`;
  return [
    {
      name: 'foreign-class',
      text: 'foreign StorageClass',
      twin: 'claim',
      object: {
        ...claim,
        metadata: { ...claim.metadata, name },
        spec: { ...(claim['spec'] as object), storageClassName: name },
      },
    },
  ];
}

/** A synced pod as the syncer would make it again: without what the host has added. */
export function asNew(pod: NewObject): NewObject {
  const { nodeName: _nodeName, ...spec } = pod['spec'] as Readonly<Record<string, unknown>>;
  const { namespace, labels, annotations } = pod.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${STAGE}-again`,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    spec,
  };
}
