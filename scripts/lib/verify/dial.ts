import type { Dial, DialResult } from '@tenantry/isolation';
import type { Shell } from '../cli/shell.ts';
import { kubectl, type Target } from '../tools/kubectl.ts';

/** A refused packet may be dropped without a word; what is allowed answers well within this. */
const TIMEOUT_MILLISECONDS = 2500;

/** Runs inside the pod, with the dials as its argument: plain Node, nothing to import from here. */
const SCRIPT = `
const dns = require('node:dns/promises'), net = require('node:net'), https = require('node:https');
const { readFileSync } = require('node:fs');
const dial = async ({ id, host, port, withToken }) => {
  let address = null;
  try {
    address = net.isIP(host) ? host : (await dns.lookup(host, { family: 4 })).address;
  } catch (error) {
    return { id, connected: false, address, code: error.code };
  }
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port });
    const end = (connected, code) => {
      socket.destroy();
      resolve({ id, connected, address, code: String(code) });
    };
    socket.setTimeout(${TIMEOUT_MILLISECONDS}, () => end(false, 'ETIMEDOUT'));
    socket.once('error', (error) => end(false, error.code));
    socket.once('connect', () => {
      if (!withToken) return end(true, '');
      const token = readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8');
      https
        .get({
          host: address, port, path: '/api/v1/namespaces', rejectUnauthorized: false,
          headers: { authorization: 'Bearer ' + token }, timeout: ${TIMEOUT_MILLISECONDS},
        }, (answer) => { answer.resume(); end(true, answer.statusCode); })
        .once('error', (error) => end(true, error.code));
    });
  });
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

/** What a pod has in its environment under the given names; missing and empty ones are null. */
export async function environmentOf(
  $: Shell,
  target: Target,
  pod: PodRef,
  variables: readonly string[],
): Promise<Readonly<Record<string, string | null>>> {
  const script = `
const read = (name) => [name, process.env[name] || null];
console.log(JSON.stringify(Object.fromEntries(JSON.parse(process.argv[1]).map(read))));`;
  return JSON.parse(await runInPod($, target, pod, script, JSON.stringify(variables))) as Readonly<
    Record<string, string | null>
  >;
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
