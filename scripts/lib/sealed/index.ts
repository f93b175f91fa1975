export { startDocker } from './docker.ts';
export { buildFluxImages, fluxManifests } from './flux-images.ts';
export { buildGatewayImage, gatewayDefinitions } from './gateway-image.ts';
export { kindConfig } from './kind-config.ts';
export { buildNodeImage } from './node-image.ts';
export { buildServiceBases, type ServiceBases } from './service-bases.ts';
export { type Sealed, setUpSealed } from './set-up.ts';
export {
  buildKwok,
  buildSops,
  buildTools,
  extractChart,
  type Kwok,
  vclusterChart,
} from './tools.ts';
export { markUsed } from './used.ts';
export { buildVclusterImage } from './vcluster-image.ts';
