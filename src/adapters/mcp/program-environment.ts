const SYSTEM_PATH: readonly string[] = ['/usr/local/bin', '/usr/bin', '/bin'];

/**
 * All of the environment of a server's process: its own variables, and, where they do not say otherwise, `HOME`, `PATH` and the time zone, which
 * it may not be able to read from the system.
 */
export function programEnvironment(
  own: Readonly<Record<string, string>>,
  folder: string,
  programs: readonly string[],
): Readonly<Record<string, string>> {
  return {
    HOME: folder,
    PATH: [...new Set([...programs.filter((place) => !SYSTEM_PATH.includes(place) && !place.includes(':')), ...SYSTEM_PATH])].join(':'),
    TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...own,
  };
}
