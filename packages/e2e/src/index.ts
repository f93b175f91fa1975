export { applyIn, DIARY, NOTES, notesPod, readNote, WRITE_NOTE } from './belongings.ts';
export { fingerprint } from './fingerprint.ts';
export { type Hole, NAMESPACE_HOLES, POLICY_HOLES, withHoles } from './holes.ts';
export { killAfter, type Victim } from './kill.ts';
export { get, withPortForward } from './port-forward.ts';
export { type SteadyClient, steadyClient, type Tally } from './steady-client.ts';
export * from './tenantry.ts';
export { type Verification, verify } from './verify.ts';
