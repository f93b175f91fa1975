import { credentialsSecret } from '@tenantry/tenants';

/** What Tenantry takes of a tenant's kubeconfig; anything else would be an order to who reads it. */
const CLUSTER_KEYS = new Set(['server', 'certificate-authority-data']);
const USER_KEYS = new Set(['client-certificate-data', 'client-key-data']);

type Fields = Readonly<Record<string, unknown>>;

/** A Secret with a kubeconfig that a syncer writes, and others than we read. */
export interface KubeconfigSecret {
  readonly name: string;
  /** The address that it has to name; null where it may be any. */
  readonly server: string | null;
}

/** Those that a vcluster is told to write, by its values: the usual one first. */
export function kubeconfigSecrets(vcluster: string, values: unknown): readonly KubeconfigSecret[] {
  const exported = isFields(values) ? values['exportKubeConfig'] : undefined;
  const more = isFields(exported) ? exported['additionalSecrets'] : undefined;
  return [
    { name: credentialsSecret(vcluster), server: null },
    ...(Array.isArray(more) ? more.filter(isFields) : []).map(({ name, server }) => ({
      name: String(name),
      server: String(server),
    })),
  ];
}

/**
 * What a parsed kubeconfig has beyond certificates and key: `user.exec`, `cluster.proxy-url`, and
 * `cluster.server` where it names another one than it has to.
 */
export function foreignKubeconfigKeys(
  config: unknown,
  server: KubeconfigSecret['server'] = null,
): readonly string[] {
  if (!isFields(config)) return ['no kubeconfig'];
  const entries = (key: string, of: string, known: ReadonlySet<string>) => {
    const list = config[key];
    return (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((entry) => {
      const fields = isFields(entry) ? entry[of] : undefined;
      return Object.entries(isFields(fields) ? fields : {})
        .filter(
          ([name, value]) =>
            !known.has(name) || (name === 'server' && server !== null && value !== server),
        )
        .map(([name]) => `${of}.${name}`);
    });
  };
  return [...entries('clusters', 'cluster', CLUSTER_KEYS), ...entries('users', 'user', USER_KEYS)];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
