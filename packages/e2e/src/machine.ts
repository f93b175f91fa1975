import { execa, type ResultPromise } from 'execa';

/** The address at which containers reach this machine: seen from a cluster in Docker it is outside. */
export async function machineAddress(): Promise<string> {
  const format = '{{index .Options "com.docker.network.bridge.name"}}';
  const bridge = await execa('docker', ['network', 'inspect', 'bridge', '--format', format]);
  // Docker can say it itself only where the bridge was there before it was started.
  await ensurePackages('iproute2');
  const { stdout } = await execa('ip', ['-4', '-json', 'address', 'show', 'dev', bridge.stdout]);
  const [link] = JSON.parse(stdout) as readonly Link[];
  const address = link?.addr_info[0]?.local;
  if (address === undefined) throw new Error(`Docker's network "bridge" has no IPv4: ${stdout}`);
  return address;
}

interface Link {
  readonly addr_info: readonly { readonly local: string }[];
}

/** Installs the Debian packages that are missing. */
export async function ensurePackages(...names: readonly string[]): Promise<void> {
  const format = '${Package} ${db:Status-Status}\n';
  const query = await execa('dpkg-query', ['-W', '-f', format, ...names], { reject: false });
  const installed = new Set(query.stdout.split('\n'));
  const missing = names.filter((name) => !installed.has(`${name} installed`));
  if (missing.length === 0) return;
  const flags = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '--no-install-recommends'];
  await asRoot(['apt-get', 'update', '-q']);
  await asRoot([
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    'install',
    ...flags,
    ...missing,
  ]);
}

/** Runs a command as root, which a person on a machine of its own mostly is not. */
export function asRoot(command: readonly string[]): ResultPromise {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive'];
  const [file = '', ...args] = [...sudo, ...command];
  return execa(file, args, { stdin: 'ignore' });
}
