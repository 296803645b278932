/** The descriptor at which a plugin's process has its channel to the broker. */
export const BROKER_FD = 3;

/** What the launcher tells the runtime, on its command line, when there is a broker. */
export const BROKERED = '--brokered';
