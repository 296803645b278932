import { ToolFailure } from 'pyra/plugin';

/** Where one message is, for good: as long as the folder keeps its UIDVALIDITY, the UID names this message and no other. */
export interface MessageReference {
  readonly account: string;
  readonly folder: string;
  readonly uidValidity: bigint;
  readonly uid: number;
}

/** Writes a reference as the id that the model is given: `account~uidvalidity~uid~folder`, numbers to the base 36. */
export function messageId(reference: MessageReference): string {
  const folder = encodeURIComponent(reference.folder).replaceAll('~', '%7E');
  return `${reference.account}~${reference.uidValidity.toString(36)}~${reference.uid.toString(36)}~${folder}`;
}

const ID = /^([a-z][a-z0-9-]*)~([0-9a-z]{1,13})~([0-9a-z]{1,7})~([^~\s]+)$/;

/**
 * Reads an id; `account`, when given, must be the one that the id names.
 * @throws ToolFailure when it is none.
 */
export function parseMessageId(id: string, account?: string): MessageReference {
  const match = ID.exec(id.trim());
  const folder = match === null ? undefined : decoded(match[4] ?? '');
  if (match === null || folder === undefined) {
    throw new ToolFailure(`${JSON.stringify(id.slice(0, 80))} is not the id of a message; take one from email.search as it is`);
  }
  const [, name = '', uidValidity = '', uid = ''] = match;
  if (account !== undefined && account !== name) {
    throw new ToolFailure(`the message ${id} belongs to the account ${name}, not to ${account}`);
  }
  return { account: name, folder, uidValidity: bigintOf(uidValidity), uid: Number.parseInt(uid, 36) };
}

function decoded(folder: string): string | undefined {
  try {
    return decodeURIComponent(folder);
  } catch {
    return undefined;
  }
}

function bigintOf(digits: string): bigint {
  let value = 0n;
  for (const digit of digits) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
}
