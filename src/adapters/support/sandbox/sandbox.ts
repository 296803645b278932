/** How one tier is started on this machine, as the probe found it. */
export type Sandbox =
  | {
      readonly tier: 'bwrap';
      readonly program: string;
      /** The libraries that Node loads, absolute. */
      readonly libraries: readonly string[];
      /** Whether it gets a `/proc` of its own; some containers forbid to mount one, and then it sees the system's. */
      readonly ownProc: boolean;
      /** Whether it can be kept from making user namespaces of its own; bubblewrap before 0.8 cannot. */
      readonly closedUserns: boolean;
    }
  | { readonly tier: 'unshare'; readonly program: string; readonly setpriv: string | undefined }
  | { readonly tier: 'plain'; readonly setpriv: string | undefined };
