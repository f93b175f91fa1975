export { fingerprint } from './fingerprint.ts';
export { get, withPortForward } from './port-forward.ts';
export * from './tenantry.ts';
