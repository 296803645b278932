/** A place on the network, as far as the way to it depends on it. */
export interface ProxiedPlace {
  readonly url: string;
  /** On this machine. */
  readonly loopback: boolean;
}

/**
 * The proxy that the environment names for an endpoint: `HTTPS_PROXY` or `HTTP_PROXY` by its protocol, unless `NO_PROXY` lists its host
 * (a name and its subdomains, `host:port`, or `*`). Never for this machine.
 */
export function proxyFor(endpoint: ProxiedPlace, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  if (endpoint.loopback) return undefined;
  const variable = (name: string): string | undefined => environment[name.toLowerCase()] || environment[name] || undefined;
  const proxy = variable(endpoint.url.startsWith('https:') ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === undefined) return undefined;
  const { hostname, port } = new URL(endpoint.url);
  const excluded = (variable('NO_PROXY') ?? '').split(/[\s,]+/).some((entry) => {
    if (entry === '') return false;
    if (entry === '*') return true;
    const [name = '', only] = entry
      .replace(/^\*?\./, '')
      .toLowerCase()
      .split(':');
    if (only !== undefined && only !== (port || (endpoint.url.startsWith('https:') ? '443' : '80'))) return false;
    return hostname === name || hostname.endsWith(`.${name}`);
  });
  return excluded ? undefined : proxy;
}
