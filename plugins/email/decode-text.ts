/** What has to be known of a part to turn its bytes into text. */
export interface TextCoding {
  readonly charset?: string;
  readonly encoding?: string;
  readonly flowed?: 'no' | 'yes' | 'delsp';
}

/** Turns the bytes of a part, as they were sent, into text. Whatever is wrong with them, there is some text. */
export function decodeText(bytes: Buffer, { charset, encoding, flowed = 'no' }: TextCoding): string {
  const text = decodeCharset(decodeTransfer(bytes, encoding), charset).replace(/\r\n?/g, '\n');
  return flowed === 'no' ? text : unflow(text, flowed === 'delsp');
}

/** Takes the transfer encoding (RFC 2045) off. Of broken base64 the good part counts. */
export function decodeTransfer(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'base64') return decodeBase64(bytes);
  return encoding === 'quoted-printable' ? decodeQuotedPrintable(bytes) : bytes;
}

function decodeBase64(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const end = text.search(/[^A-Za-z0-9+/=_\-\s]/);
  return Buffer.from(end === -1 ? text : text.slice(0, end), 'base64');
}

function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split('\n').map(withoutPadding);
  const text = lines.reduce((joined, line) => (line.endsWith('=') ? joined + line.slice(0, -1) : `${joined + line}\n`), '');
  const whole = lines.at(-1)?.endsWith('=') === true ? text : text.slice(0, -1);
  return Buffer.from(
    whole.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** A line without the white space at its end, which the way may have added; by hand, since a regular expression takes a square of the time. */
function withoutPadding(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end -= 1;
  return line.slice(0, end);
}

/**
 * Turns bytes into text by the charset that they are said to have. What is not UTF-8 although it should be, and what has a charset that nobody
 * knows, is read as UTF-8 where that fits, and else as Windows-1252, in which everything is some letter.
 */
export function decodeCharset(bytes: Buffer, charset: string | undefined): string {
  const decoder = decoderFor(charset);
  if (decoder !== undefined && decoder.encoding !== 'utf-8') return decoder.decode(bytes);
  try {
    // As a stream, since a part that was cut may end in the middle of a letter.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function decoderFor(charset: string | undefined): TextDecoder | undefined {
  const name = charset?.trim().toLowerCase() ?? '';
  // These say nothing: mail programs write them for whatever comes.
  if (name === '' || name === 'us-ascii' || name === 'ascii' || name === 'utf8') return undefined;
  try {
    return new TextDecoder(name);
  } catch {
    return undefined;
  }
}

/** Joins lines that were broken for the way only (RFC 3676); quoted lines are left as they are. */
function unflow(text: string, dropSpace: boolean): string {
  const lines: string[] = [];
  let open = false;
  for (const raw of text.split('\n')) {
    const quoted = raw.startsWith('>');
    const line = raw.startsWith(' ') ? raw.slice(1) : raw;
    const flows = line.endsWith(' ') && line !== '-- ' && !quoted;
    const shown = flows && dropSpace ? line.slice(0, -1) : line;
    if (open && !quoted) lines[lines.length - 1] += shown;
    else lines.push(shown);
    open = flows;
  }
  return lines.join('\n');
}
