import { ensurePackages, machineAddress, asRoot } from './machine.ts';

/** A DNS server on this machine. */
export interface Nameserver extends AsyncDisposable {
  readonly address: string;
}

/** Starts Debian's dnsmasq, which knows these names, by their addresses, and asks nobody else. */
export async function startNameserver(
  records: Readonly<Record<string, string>>,
): Promise<Nameserver> {
  await ensurePackages('dnsmasq-base');
  const address = await machineAddress();
  const names = Object.entries(records).map(([name, to]) => `--host-record=${name},${to}`);
  const server = asRoot([
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--pid-file=',
    '--no-resolv',
    '--no-hosts',
    '--bind-interfaces',
    `--listen-address=${address}`,
    '--user=nobody',
    '--group=nogroup',
    ...names,
  ]);
  server.catch(() => {});
  return {
    address,
    async [Symbol.asyncDispose]() {
      server.kill();
      await server.catch(() => {});
    },
  };
}
