export { applyIn, CONFIG_MAP, CLAIM, notesPod, readNote, WRITE_NOTE } from './fixtures.ts';
export { fingerprint } from './fingerprint.ts';
export { plantPods } from './hostile-pods.ts';
export { killAfter, type KillScope } from './kill.ts';
export { get, withPortForward } from './port-forward.ts';
export { type SteadyClient, steadyClient, type RequestStats } from './steady-client.ts';
export * from './tenantry.ts';
export { UNANSWERED_API, WIDGET, WIDGETS } from './unreadable.ts';
export { type Verification, verify } from './verify.ts';
