import { hostNamespace, vclusterName } from '@tenantry/tenants';

/**
 * CEL for a request's namespace: the name of the vcluster in it. The namespace in which an archive
 * is tried out has a dash more than the tenant's.
 */
export const VCLUSTER = `request.namespace.replace(${JSON.stringify(hostNamespace('-'))}, ${JSON.stringify(hostNamespace(''))}).substring(${hostNamespace('').length - vclusterName('').length})`;
