import { rightsOfRule } from './rights.ts';

const READ = ['get', 'list', 'watch'] as const;

/**
 * What a tenant's syncer may do in its own namespace, and nowhere else: the whole list. It is written
 * down a second time on purpose: a Role that grows is named by verify until somebody has looked at it.
 */
export const SYNCER_RIGHTS: ReadonlySet<string> = new Set(
  [
    {
      verbs: [...READ, 'create', 'update', 'patch', 'delete'],
      apiGroups: [''],
      resources: ['configmaps', 'secrets', 'services'],
    },
    {
      verbs: [...READ, 'create', 'update', 'delete'],
      apiGroups: [''],
      resources: ['pods', 'persistentvolumeclaims'],
    },
    {
      verbs: ['update'],
      apiGroups: [''],
      resources: ['pods/status', 'pods/ephemeralcontainers'],
    },
    // From Kubernetes 1.35 on.
    { verbs: ['patch'], apiGroups: [''], resources: ['pods/resize'] },
    {
      verbs: ['get', 'create'],
      apiGroups: [''],
      resources: ['pods/exec', 'pods/attach', 'pods/portforward'],
    },
    { verbs: ['get'], apiGroups: [''], resources: ['pods/log'] },
    { verbs: READ, apiGroups: [''], resources: ['endpoints', 'events'] },
    { verbs: READ, apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  ].flatMap(rightsOfRule),
);
