import { createHash } from 'node:crypto';
import {
  type Dial,
  type DialResult,
  type Ipv6Addresses,
  neighbours,
  parseInterfaces,
} from '@tenantry/isolation';
import type { Shell } from '../cli/shell.ts';
import { kubectl, type Target } from '../tools/kubectl.ts';

/** A refused packet may be dropped without a word; what is allowed answers well within this. */
const TIMEOUT_MILLISECONDS = 2500;
/** A datagram may be lost on its way to somebody who would have answered; TCP sends its own again. */
const RESEND_MILLISECONDS = 250;

/** Runs inside the pod, with the dials as its argument: plain Node, nothing to import from here. */
const SCRIPT = `
const dns = require('node:dns/promises'), net = require('node:net'), https = require('node:https');
const { createSocket } = require('node:dgram'), { randomBytes } = require('node:crypto');
const { readFileSync } = require('node:fs');
// A question for the address of kubernetes.default.svc.cluster.local; any answer will do.
const QUESTION = Buffer.concat([
  Buffer.from('123401000001000000000000', 'hex'),
  ...'kubernetes.default.svc.cluster.local'.split('.').map((label) =>
    Buffer.from(String.fromCharCode(label.length) + label)),
  Buffer.from('0000010001', 'hex'),
]);
const datagram = (host, port, payload, isAnswer) => new Promise((resolve) => {
  const socket = createSocket(net.isIPv6(host) ? 'udp6' : 'udp4');
  let again;
  const end = (connected, code) => {
    clearTimeout(timer);
    clearInterval(again);
    socket.removeAllListeners().on('error', () => {});
    try { socket.close(); } catch {}
    resolve({ connected, code: String(code) });
  };
  const timer = setTimeout(() => end(false, 'ETIMEDOUT'), ${TIMEOUT_MILLISECONDS});
  socket.once('error', (error) => end(false, error.code));
  socket.on('message', (answer) => { if (isAnswer(answer)) end(true, ''); });
  socket.connect(port, host, (error) => {
    if (error) return end(false, error.code);
    const send = () => socket.send(payload, (failed) => { if (failed) end(false, failed.code); });
    again = setInterval(send, ${RESEND_MILLISECONDS});
    send();
  });
});
const connection = (host, port, withToken) => new Promise((resolve) => {
  const socket = net.connect({ host, port });
  const end = (connected, code) => {
    socket.destroy();
    resolve({ connected, code: String(code) });
  };
  socket.setTimeout(${TIMEOUT_MILLISECONDS}, () => end(false, 'ETIMEDOUT'));
  socket.once('error', (error) => end(false, error.code));
  socket.once('connect', () => {
    if (!withToken) return end(true, '');
    const token = readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8');
    https
      .get({
        host, port, path: '/api/v1/namespaces', rejectUnauthorized: false,
        headers: { authorization: 'Bearer ' + token }, timeout: ${TIMEOUT_MILLISECONDS},
      }, (answer) => { answer.resume(); end(true, answer.statusCode); })
      .once('error', (error) => end(true, error.code));
  });
});
const dial = async ({ id, host, port, transport, withToken }) => {
  let address = null;
  try {
    address = net.isIP(host) ? host : (await dns.lookup(host, { family: 4 })).address;
  } catch (error) {
    return { id, connected: false, address, code: error.code };
  }
  const nonce = randomBytes(16);
  const seen = transport === 'udp-echo'
    ? await datagram(address, port, nonce, (answer) => answer.equals(nonce))
    : transport === 'udp-dns'
      ? await datagram(address, port, QUESTION, (answer) => answer.length >= 12)
      : await connection(address, port, withToken);
  return { id, address, ...seen };
};
Promise.all(JSON.parse(process.argv[1]).map(dial)).then((all) => console.log(JSON.stringify(all)));
`;

/** A pod on the host, as `kubectl exec` finds it. */
export interface PodRef {
  readonly namespace: string;
  readonly name: string;
}

/** One argument of a command holds 128 KiB, and a dial takes about 250 bytes of it. */
const DIALS_AT_ONCE = 400;

/** Tries connections from inside a pod, all at once. */
export async function dialFrom(
  $: Shell,
  target: Target,
  pod: PodRef,
  dials: readonly Dial[],
): Promise<readonly DialResult[]> {
  const answers: DialResult[] = [];
  for (let start = 0; start < dials.length; start += DIALS_AT_ONCE) {
    const some = dials.slice(start, start + DIALS_AT_ONCE);
    const text = await runInPod($, target, pod, SCRIPT, JSON.stringify(some));
    answers.push(...(JSON.parse(text) as readonly DialResult[]));
  }
  return answers;
}

/** Whether a pod has a variable in its environment, and whether it is the expected value. */
export interface Variable {
  readonly isSet: boolean;
  readonly isExpected: boolean;
}

/**
 * What a pod has in its environment under the given names. The values, which may be another tenant's
 * secrets, are compared in the pod and never leave it.
 */
export async function environmentOf(
  $: Shell,
  target: Target,
  pod: PodRef,
  variables: readonly string[],
  expected: string,
): Promise<Readonly<Record<string, Variable>>> {
  const script = `
const { names, digest } = JSON.parse(process.argv[1]);
const hash = (text) => require('node:crypto').createHash('sha256').update(text).digest('hex');
const read = (name) => {
  const value = process.env[name] || '';
  return [name, { isSet: value !== '', isExpected: hash(value) === digest }];
};
console.log(JSON.stringify(Object.fromEntries(names.map(read))));`;
  const digest = createHash('sha256').update(expected).digest('hex');
  const text = await runInPod($, target, pod, script, JSON.stringify({ names: variables, digest }));
  return JSON.parse(text) as Readonly<Record<string, Variable>>;
}

/** The addresses of a pod over IPv6, and of what it shares its link with; `node` is its node. */
export async function linkOf(
  $: Shell,
  target: Target,
  pod: PodRef,
  node: string,
): Promise<Ipv6Addresses & { readonly neighbours: readonly string[] }> {
  // A first packet, whatever becomes of it, makes the kernel ask for the gateway's hardware address.
  const script = `
const read = (path) => {
  try { return require('node:fs').readFileSync(path, 'utf8'); } catch { return ''; }
};
const end = () => {
  console.log(JSON.stringify({ if6: read('/proc/net/if_inet6'), arp: read('/proc/net/arp') }));
  process.exit(0);
};
require('node:net').connect({ host: process.argv[1], port: 9 }).on('error', end).on('connect', end);
setTimeout(end, 500);`;
  const text = await runInPod($, target, pod, script, node);
  const { if6, arp } = JSON.parse(text) as { readonly if6: string; readonly arp: string };
  return { ...parseInterfaces(if6), neighbours: neighbours(arp) };
}

function runInPod(
  $: Shell,
  target: Target,
  { namespace, name }: PodRef,
  script: string,
  argument: string,
): Promise<string> {
  const node = ['/nodejs/bin/node', '-e', script, argument];
  return kubectl($, target, ['-n', namespace, 'exec', name, '--', ...node]);
}
