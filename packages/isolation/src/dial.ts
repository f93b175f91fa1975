/** A connection to try. */
export interface Dial {
  readonly id: string;
  /** An address, or a name to resolve with the pod's own resolver. */
  readonly host: string;
  readonly port: number;
  /** A TCP connection, or a datagram that must be answered: an echo, or a question to a DNS server. @default tcp */
  readonly transport?: 'tcp' | 'udp-echo' | 'udp-dns';
  /** Once connected, ask for a list of namespaces with the pod's own token. */
  readonly withToken?: boolean;
}

/** What a pod saw of one connection. */
export interface DialResult {
  readonly id: string;
  readonly connected: boolean;
  /** What the name resolved to; null where it did not. */
  readonly address: string | null;
  /** Node's code of the failure (`ECONNREFUSED`), or the HTTP status of the answer. */
  readonly code: string;
}
