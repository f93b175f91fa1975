import type { KubeObject } from '@tenantry/plan';
import { workload } from '@tenantry/workload';
import type { Attack, Benign } from './attack.ts';
import { FIXTURE } from './fixtures.ts';
import { podAttacks } from './pod-attacks.ts';

/** A documentation address (RFC 5737): nobody's traffic is taken even where it is let through. */
const NOBODYS_ADDRESS = '203.0.113.7';

export function benignService(namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${FIXTURE}-service`, namespace },
    spec: { selector: { app: FIXTURE }, ports: [{ port: workload.service.port }] },
  };
}

export function benignClaim(namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `${FIXTURE}-claim`, namespace },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
  };
}

/** What is tried both inside, by the tenant, and on the host, by its syncer. */
export function attacks(benign: Benign): readonly Attack[] {
  return [...podAttacks(benign.pod), ...serviceAttacks(benign.service), ...claims(benign.claim)];
}

function serviceAttacks(service: KubeObject): readonly Attack[] {
  const attempt = (name: string, text: string, change: object): Attack => ({
    name,
    text,
    control: 'service',
    object: {
      ...service,
      metadata: { ...service.metadata, name: `${FIXTURE}-${name}` },
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

function claims(claim: KubeObject): readonly Attack[] {
  const name = `${FIXTURE}-foreign-class`;
  return [
    {
      name: 'foreign-class',
      text: 'foreign StorageClass',
      control: 'claim',
      object: {
        ...claim,
        metadata: { ...claim.metadata, name },
        spec: { ...(claim['spec'] as object), storageClassName: name },
      },
    },
  ];
}

/** A synced pod as the syncer would make it again: without what the host has added. */
export function asNew(pod: KubeObject): KubeObject {
  const { nodeName: _nodeName, ...spec } = pod['spec'] as Readonly<Record<string, unknown>>;
  const { namespace, labels, annotations } = pod.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${FIXTURE}-again`,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    spec,
  };
}
