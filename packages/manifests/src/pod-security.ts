/** Pod Security's rules as of this minor, so that a host upgrade does not change what is admitted. */
const POD_SECURITY_VERSION = 'v1.34';

/** The labels by which a namespace admits only pods that are `restricted`. */
export function podSecurity(): Record<string, string> {
  return Object.fromEntries(
    ['audit', 'enforce', 'warn'].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, 'restricted'],
      [`pod-security.kubernetes.io/${mode}-version`, POD_SECURITY_VERSION],
    ]),
  );
}
