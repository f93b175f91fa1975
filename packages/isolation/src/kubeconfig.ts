/** What Tenantry takes of a tenant's kubeconfig; anything else would be an order to who reads it. */
const CLUSTER_KEYS = new Set(['server', 'certificate-authority-data']);
const USER_KEYS = new Set(['client-certificate-data', 'client-key-data']);

type Fields = Readonly<Record<string, unknown>>;

/**
 * The keys of a parsed kubeconfig beyond certificates, key and server: `user.exec`,
 * `cluster.proxy-url`. A syncer may write it, and others than we may read it.
 */
export function foreignKubeconfigKeys(config: unknown): readonly string[] {
  if (!isFields(config)) return ['no kubeconfig'];
  const entries = (key: string, of: string, known: ReadonlySet<string>) => {
    const list = config[key];
    return (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((entry) => {
      const fields = isFields(entry) ? entry[of] : undefined;
      return Object.keys(isFields(fields) ? fields : {})
        .filter((name) => !known.has(name))
        .map((name) => `${of}.${name}`);
    });
  };
  return [...entries('clusters', 'cluster', CLUSTER_KEYS), ...entries('users', 'user', USER_KEYS)];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
