import { controlPlaneClaim, FORMER_INVENTORY_NAME, vclusterName } from '@tenantry/tenants';
import type { KubeObject } from '@tenantry/plan';
import { FIXTURE } from './fixtures.ts';
import {
  annotated,
  claimPath,
  configMap,
  type Fields,
  maker,
  secret,
  specOf,
  type SyncerRequest,
  type SyncerTargets,
} from './syncer-request.ts';

/** What a Secret is changed to. */
const FIXTURE_DATA = { data: { [FIXTURE]: 'eA==' } };

/** Records that decide what the operator's own commands do. */
export function recordRequests(targets: SyncerTargets): readonly SyncerRequest[] {
  const { id, namespace, releaseRecord } = targets;
  const core = `/api/v1/namespaces/${namespace}`;
  const inSecret = maker(core, 'secret');
  const inConfigMap = maker(core, 'configmap');
  const vcluster = vclusterName(id);
  const config = `secrets/vc-config-${vcluster}`;
  return [
    inSecret('token-secret', 'Secret that the host fills with a token', 'POST', 'secrets', {
      ...secret(`${FIXTURE}-token`, 'kubernetes.io/service-account-token', {
        'kubernetes.io/service-account.name': `vc-${vcluster}`,
      }),
    }),
    inSecret(
      'helm-new',
      'Helm record of a new revision',
      'POST',
      'secrets',
      secret(`sh.helm.release.v1.${vcluster}.v999`, 'helm.sh/release.v1'),
    ),
    inSecret(
      'helm-other',
      'Helm record of another release',
      'POST',
      'secrets',
      secret(`sh.helm.release.v1.${FIXTURE}.v1`, 'Opaque'),
    ),
    ...releaseRequests(releaseRecord),
    inSecret(
      'config-change',
      'change of its control plane’s values',
      'PATCH',
      config,
      FIXTURE_DATA,
    ),
    inSecret('config-delete', 'end of its control plane’s values', 'DELETE', config),
    inConfigMap('inventory', 'inventory of its own', 'POST', 'configmaps', {
      ...configMap(FORMER_INVENTORY_NAME),
    }),
    inConfigMap(
      'root-ca',
      'other root certificate of the host',
      'PATCH',
      'configmaps/kube-root-ca.crt',
      { data: { 'ca.crt': '' } },
    ),
    inConfigMap('finalizer', 'ConfigMap that cannot be deleted', 'POST', 'configmaps', {
      ...configMap(`${FIXTURE}-held`, { finalizers: ['tenantry.dev/verify'] }),
    }),
    inConfigMap('huge', 'ConfigMap of 900 KiB', 'POST', 'configmaps', {
      ...configMap(`${FIXTURE}-huge`),
      data: { filler: 'x'.repeat(900 * 1024) },
    }),
  ];
}

function releaseRequests(record: SyncerTargets['releaseRecord']): readonly SyncerRequest[] {
  if (record === null) return [];
  const inSecret = maker(`/api/v1/namespaces/${record.namespace}`, 'secret');
  const path = `secrets/${record.name}`;
  return [
    inSecret('helm-change', 'change of the Helm record', 'PATCH', path, FIXTURE_DATA),
    inSecret('helm-delete', 'end of the Helm record', 'DELETE', path),
  ];
}

export function claimRequests({ id, namespace, claim }: SyncerTargets): readonly SyncerRequest[] {
  const update = maker(`/api/v1/namespaces/${namespace}`, 'claim-update');
  const itself = `persistentvolumeclaims/${controlPlaneClaim(id)}`;
  return [
    update('claim-volume', 'volume put into a claim afterwards', 'PUT', claimPath(claim), {
      ...claim,
      spec: { ...specOf(claim), volumeName: FIXTURE },
    }),
    update('claim-finalizer', 'claim that cannot be deleted', 'PUT', claimPath(claim), {
      ...claim,
      metadata: {
        ...claim.metadata,
        finalizers: [...(claim.metadata.finalizers ?? []), 'tenantry.dev/verify'],
      },
    }),
    update('claim-delete', 'end of its control plane’s claim', 'DELETE', itself),
  ];
}

export function serviceRequests({
  namespace,
  service,
  apiService,
}: SyncerTargets): readonly SyncerRequest[] {
  const update = maker(`/api/v1/namespaces/${namespace}`, 'service-update');
  const path = `services/${service.metadata.name}`;
  const api = `services/${apiService.metadata.name}`;
  const changed = (of: KubeObject, change: Fields) => ({
    ...of,
    spec: { ...specOf(of), ...change },
  });
  const name = { type: 'ExternalName', externalName: 'example.com' };
  return [
    update('service-external-name', 'Service turned into an ExternalName', 'PUT', path, {
      ...service,
      spec: { ...name, ports: specOf(service)['ports'] },
    }),
    update(
      'service-external-ips',
      'externalIPs on its Service',
      'PUT',
      path,
      changed(service, { externalIPs: ['203.0.113.7'] }),
    ),
    update(
      'service-annotation',
      'proxy annotation on its Service',
      'PUT',
      path,
      annotated(service, 'traefik.io/service.serversscheme'),
    ),
    update(
      'api-service',
      'its API’s Service led elsewhere',
      'PUT',
      api,
      changed(apiService, { selector: { app: FIXTURE } }),
    ),
    update('api-service-delete', 'end of its API’s Service', 'DELETE', api),
  ];
}
