/**
 * Longest time that a pod of a tenant may take to end: what Prometheus' operator asks for, the
 * longest of the common charts.
 */
export const MAX_GRACE_SECONDS = 600;

/** Most bytes of a ConfigMap's or Secret's data that a tenant may bring to the host; the API allows 1 MiB. */
export const MAX_OBJECT_BYTES = 256 * 1024;
