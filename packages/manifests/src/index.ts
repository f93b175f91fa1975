export type { Pins } from './pins.ts';
export { type ApiAddress, scratchObjects, type ScratchProps } from './scratch-app.ts';
export {
  synthesize,
  synthesizeHost,
  synthesizeTenant,
  type TenantManifest,
  type Tree,
} from './synth.ts';
export type { ManifestObject } from './tenant-app.ts';
