import { readFileSync } from 'node:fs';

/** How a processor's system calls are told apart: `linux/audit.h`, and the numbers of `add_key`, `request_key` and `keyctl`. */
interface CallNumbers {
  readonly architecture: number;
  readonly keys: readonly number[];
}

/** For each processor, and for the older programs that it can run too. */
const NUMBERS: Readonly<Record<string, readonly CallNumbers[]>> = {
  x64: [
    { architecture: 0xc000003e, keys: [248, 249, 250] },
    { architecture: 0x40000003, keys: [286, 287, 288] },
  ],
  arm64: [
    { architecture: 0xc00000b7, keys: [217, 218, 219] },
    { architecture: 0x40000028, keys: [309, 310, 311] },
  ],
};
/** The third way in which x64 numbers its calls. */
const X32_BIT = 0x40000000;

/** Classic BPF (`linux/filter.h`), over `struct seccomp_data`: the number of a call, then the architecture. */
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const RETURN = 0x06;
const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const ALLOWED = 0x7fff0000;
/** `SECCOMP_RET_ERRNO` with `ENOSYS`: as if the kernel had no keys. */
const ABSENT = 0x00050000 | 38;

/**
 * A filter of system calls that hides the kernel's keyrings, which no namespace keeps apart: the person's may hold tickets and keys. Nothing where
 * this system has no such filters, or is of another kind.
 */
export function keyringFilter(architecture: string = process.arch): Buffer | undefined {
  const kinds = NUMBERS[architecture];
  if (kinds === undefined || !hasFilters()) return undefined;
  const code = [step(LOAD, ARCHITECTURE_AT)];
  for (const { architecture: kind, keys } of kinds) {
    const body = [
      step(LOAD, NUMBER_AT),
      ...(kind === 0xc000003e ? [step(IF_AT_LEAST, X32_BIT, keys.length + 1)] : []),
      ...keys.map((number, index) => step(IF_EQUAL, number, keys.length - index)),
      step(RETURN, ALLOWED),
      step(RETURN, ABSENT),
    ];
    code.push(step(IF_EQUAL, kind, 0, body.length), ...body);
  }
  return Buffer.concat([...code, step(RETURN, ABSENT)]);
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
