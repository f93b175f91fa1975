export { type Checkout, copyCheckout } from './checkout.ts';
export { applyIn, CONFIG_MAP, CLAIM, notesPod, readNote, WRITE_NOTE } from './fixtures.ts';
export { fingerprint } from './fingerprint.ts';
export {
  askByName,
  askUntil,
  GATEWAY_HOST,
  type GatewayAddress,
  installGateway,
} from './gateway.ts';
export { FLUX, installFlux, pushDist } from './flux.ts';
export { type HostAnswer, type HostRequest, withHostApi } from './host-api.ts';
export { type Hole, missedHoles, namespaceHoles, POLICY_HOLES, withHoles } from './holes.ts';
export { plantPods } from './hostile-pods.ts';
export { nodeImageByDigest } from './image-by-digest.ts';
export { killAfter, type KillScope } from './kill.ts';
export { ensurePackages, machineAddress } from './machine.ts';
export { type Nameserver, startNameserver } from './nameserver.ts';
export { get, withPortForward } from './port-forward.ts';
export { type Postgres, startPostgres } from './postgres.ts';
export { makeSecondHost, type SecondHost } from './second-host.ts';
export {
  AGE_KEY,
  AGE_RECIPIENT,
  editSecrets,
  removeSecrets,
  type SecretEdit,
  writeRecipients,
} from './secrets.ts';
export {
  askSteadily,
  type SteadyClient,
  steadyClient,
  type RequestStats,
} from './steady-client.ts';
export * from './tenantry.ts';
export { UNANSWERED_API, WIDGET, WIDGETS } from './unreadable.ts';
export { CHECK_PATH, deploymentOf, syncedService } from './workload.ts';
export { type Verification, verify } from './verify.ts';
export { writeCounts } from './writes.ts';
