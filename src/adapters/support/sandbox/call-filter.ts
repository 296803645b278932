import { readFileSync } from 'node:fs';

/** How a processor's system calls are told apart: `linux/audit.h`, and the numbers of calls. */
interface CallNumbers {
  readonly architecture: number;
  /** `add_key`, `request_key` and `keyctl`. */
  readonly keys: readonly number[];
  readonly socket: number;
  /** The older way to `socket`, where there is one. */
  readonly socketcall?: number;
}

const X64: CallNumbers = { architecture: 0xc000003e, keys: [248, 249, 250], socket: 41 };
/** For each processor, and for the older programs that it can run too. */
const NUMBERS: Readonly<Record<string, readonly CallNumbers[]>> = {
  x64: [X64, { architecture: 0x40000003, keys: [286, 287, 288], socket: 359, socketcall: 102 }],
  arm64: [
    { architecture: 0xc00000b7, keys: [217, 218, 219], socket: 198 },
    { architecture: 0x40000028, keys: [309, 310, 311], socket: 281 },
  ],
};
/** The third way in which x64 numbers its calls. */
const X32_BIT = 0x40000000;
/** `io_uring_setup`, everywhere: what is asked for through such a ring passes no filter. */
const RING = 425;
/** The first argument of `socketcall` for a socket. */
const NEW_SOCKET = 1;
/**
 * The kinds of sockets that a namespace of networks keeps in: those of this machine, of IP version 4 and 6, and those to the kernel. Others lead
 * past it, such as those from a virtual machine to what runs it.
 */
const FAMILIES: readonly number[] = [1, 2, 10, 16];

/** Classic BPF (`linux/filter.h`), over `struct seccomp_data`: the number of a call, the architecture, the first argument (its lower half). */
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const RETURN = 0x06;
const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const FIRST_AT = 16;
const ALLOWED = 0x7fff0000;
const REFUSED = 0x00050000;
/** As if the kernel had no such call (`ENOSYS`). */
const ABSENT = REFUSED | 38;
/** As if it had no such sockets (`EAFNOSUPPORT`). */
const NO_FAMILY = REFUSED | 97;

/**
 * A filter of system calls that hides what no namespace keeps apart: the kernel's keyrings, where the person's tickets and keys may be, and kinds
 * of sockets that lead past a closed network. Nothing where this system has no such filters, or is of another kind.
 */
export function callFilter(architecture: string = process.arch): Buffer | undefined {
  const kinds = NUMBERS[architecture];
  if (kinds === undefined || !hasFilters()) return undefined;
  const code = [step(LOAD, ARCHITECTURE_AT)];
  for (const kind of kinds) {
    const body = filterOf(kind);
    code.push(step(IF_EQUAL, kind.architecture, 0, body.length), ...body);
  }
  return Buffer.concat([...code, step(RETURN, ABSENT)]);
}

function filterOf({ architecture, keys, socket, socketcall }: CallNumbers): readonly Buffer[] {
  return [
    step(LOAD, NUMBER_AT),
    ...(architecture === X64.architecture ? [step(IF_AT_LEAST, X32_BIT, 0, 1), step(RETURN, ABSENT)] : []),
    ...[...keys, RING].flatMap((number) => [step(IF_EQUAL, number, 0, 1), step(RETURN, ABSENT)]),
    ...(socketcall === undefined ? [] : whenCalled(socketcall, [step(IF_EQUAL, NEW_SOCKET, 0, 1), step(RETURN, ABSENT)])),
    ...whenCalled(socket, [
      ...FAMILIES.flatMap((family) => [step(IF_EQUAL, family, 0, 1), step(RETURN, ALLOWED)]),
      step(RETURN, NO_FAMILY),
    ]),
    step(RETURN, ALLOWED),
  ];
}

/** Steps that look at the first argument of one call; what they let through is another one's to decide. */
function whenCalled(number: number, steps: readonly Buffer[]): readonly Buffer[] {
  return [step(IF_EQUAL, number, 0, steps.length + 2), step(LOAD, FIRST_AT), ...steps, step(LOAD, NUMBER_AT)];
}

/** One instruction: how many are passed over when it holds, and when it does not. */
function step(operation: number, value: number, ifSo = 0, ifNot = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(operation, 0);
  bytes.writeUInt8(ifSo, 2);
  bytes.writeUInt8(ifNot, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}

function hasFilters(): boolean {
  try {
    return /^Seccomp:/m.test(readFileSync('/proc/self/status', 'latin1'));
  } catch {
    return false;
  }
}
