/** A message in words, from which {@link sampleMessage} makes the bytes. */
export interface SampleMessage {
  readonly subject: string;
  readonly from?: string;
  readonly to?: string;
  readonly date?: Date;
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly html?: string;
  /** Further parts, as they are: headers, an empty line, the body. */
  readonly parts?: readonly string[];
}

/** Makes the bytes of a message: text, HTML or both as alternatives, and further parts beside them. */
export function sampleMessage(message: SampleMessage): string {
  const { text, html, parts = [], headers = {} } = message;
  const bodies = [...(text === undefined ? [] : [textPart('plain', text)]), ...(html === undefined ? [] : [textPart('html', html)])];
  const body = bodies.length === 1 && bodies[0] !== undefined ? bodies[0] : multipart('alternative', bodies);
  const whole = parts.length === 0 ? body : multipart('mixed', [body, ...parts]);
  const lines = [
    `From: ${word(message.from ?? 'Alice Example <alice@example.test>')}`,
    `To: ${word(message.to ?? 'Pyra User <pyra@example.test>')}`,
    `Subject: ${word(message.subject)}`,
    ...(message.date === undefined ? [] : [`Date: ${rfc2822(message.date)}`]),
    ...(message.id === undefined ? [] : [`Message-ID: <${message.id}>`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'MIME-Version: 1.0',
  ];
  return `${lines.join('\r\n')}\r\n${whole}`;
}

/** A part that is attached as a file. */
export function filePart(type: string, name: string, content: Buffer): string {
  const lines = content.toString('base64').replace(/.{76}/g, '$&\r\n');
  const shown = /^[\x20-\x7e]*$/.test(name) ? `filename="${name}"` : `filename*=UTF-8''${encodeURIComponent(name)}`;
  return `Content-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; ${shown}\r\n\r\n${lines}\r\n`;
}

/** A text part, quoted-printable. */
export function textPart(type: string, text: string): string {
  return `Content-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(text)}\r\n`;
}

let boundaries = 0;

/** Several parts as one. */
export function multipart(kind: string, parts: readonly string[]): string {
  boundaries += 1;
  const boundary = `=_part_${boundaries}_=`;
  const joined = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${joined}--${boundary}--\r\n`;
}

/** A header's value, its words that are not ASCII encoded (RFC 2047); an address keeps its angle brackets. */
function word(value: string): string {
  const [, name = value, address = ''] = /^(.*?)(\s*<[^>]*>)$/.exec(value) ?? [];
  if (/^[\x20-\x7e]*$/.test(name)) return value;
  const encoded = [...name].reduce<string[]>(
    (words, character) => {
      const last = words.at(-1) ?? '';
      if (Buffer.byteLength(last + character) > 40) words.push(character);
      else words[words.length - 1] = last + character;
      return words;
    },
    [''],
  );
  return encoded.map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ') + address;
}

function quotedPrintable(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const encoded = [...Buffer.from(line)]
        .map((byte) =>
          byte === 0x3d || byte < 0x20 || byte > 0x7e ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}` : String.fromCharCode(byte),
        )
        .join('');
      return encoded.replace(/(?:=..|[^=]){72}/g, '$&=\r\n').replace(/ $/, '=20');
    })
    .join('\r\n');
}

function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
