export type { Pins } from './pins.ts';
export {
  type ApiAddress,
  temporaryVclusterObjects,
  type TemporaryVclusterProps,
} from './temporary-vcluster-app.ts';
export {
  type HostManifest,
  synthesize,
  synthesizeHosts,
  type TenantManifest,
  TenantSynthesizer,
} from './synth.ts';
export type { Tree } from './tree.ts';
export { synthesizeFlux } from './flux/synth-flux.ts';
export { synthesizeArgoCd } from './argocd-app.ts';
export type { ManifestObject } from './manifest-object.ts';
export { SYNCER_RIGHTS, type SyncerRight } from './syncer-role.ts';
