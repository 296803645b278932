/** Whether a host, written as in a URL, is this machine: `localhost` and what is below it, `127.0.0.0/8`, `[::1]`. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
