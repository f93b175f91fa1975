/**
 * The parts of the official client library that are used, as one file: its 850 modules take a second
 * to load, the bundle that `pnpm install` makes of them a fifth of that.
 */
export { KubeConfig } from '@kubernetes/client-node/dist/config.js';
export { PortForward } from '@kubernetes/client-node/dist/portforward.js';
export { Watch } from '@kubernetes/client-node/dist/watch.js';
export type * from '@kubernetes/client-node';
