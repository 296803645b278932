import { StringDecoder } from 'node:string_decoder';
import type { Key } from './key.js';

const PASTE_END = '\u001b[201~';
/** An escape sequence that is not over after this many characters is none. */
const MAX_SEQUENCE = 64;

const FINAL: Readonly<Record<string, string>> = { A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end', M: 'enter' };
const TILDE: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'page-up',
  6: 'page-down',
  7: 'home',
  8: 'end',
};
const CODES: Readonly<Record<string, string>> = { 9: 'tab', 13: 'enter', 27: 'escape', 32: 'space', 127: 'backspace' };

/**
 * Turns the bytes of a terminal in raw mode into keys, whatever the chunks: UTF-8 and escape sequences may be split anywhere, and a
 * bracketed paste is one key however long it is. Linear in the input. Sequences as in ECMA-48 and xterm's ctlseqs.
 */
export class KeyDecoder {
  readonly #utf8 = new StringDecoder('utf8');
  #rest = '';
  #paste: string[] | undefined;
  #pasteTail = '';

  /** Whether an escape sequence or a paste has begun and its end has not come. */
  get pending(): boolean {
    return this.#rest !== '' || this.#paste !== undefined;
  }

  /** Whether a paste has begun and its end has not come. */
  get inPaste(): boolean {
    return this.#paste !== undefined;
  }

  /** The keys that are complete with these bytes. */
  push(bytes: Uint8Array): readonly Key[] {
    return this.#decode(this.#utf8.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  }

  /** Gives up waiting: a lone escape character is the escape key, an unfinished paste ends here. */
  flush(): readonly Key[] {
    if (this.#paste !== undefined) {
      const text = this.#paste.join('') + this.#pasteTail;
      this.#paste = undefined;
      this.#pasteTail = '';
      return [pasted(text)];
    }
    const rest = this.#rest;
    this.#rest = '';
    if (rest === '') return [];
    return rest === '\u001b' ? [press('escape')] : [press(`alt-${rest.slice(1, 2)}`)];
  }

  #decode(piece: string): readonly Key[] {
    const keys: Key[] = [];
    let text = this.#rest + piece;
    this.#rest = '';
    let index = 0;
    while (index < text.length) {
      if (this.#paste !== undefined) {
        const searched = this.#pasteTail + text.slice(index);
        const end = searched.indexOf(PASTE_END);
        if (end < 0) {
          const cut = Math.max(0, searched.length - PASTE_END.length + 1);
          this.#paste.push(searched.slice(0, cut));
          this.#pasteTail = searched.slice(cut);
          return keys;
        }
        keys.push(pasted(this.#paste.join('') + searched.slice(0, end)));
        this.#paste = undefined;
        this.#pasteTail = '';
        text = searched;
        index = end + PASTE_END.length;
        continue;
      }
      const code = text.charCodeAt(index);
      if (code === 0x1b) {
        const length = sequenceLength(text, index);
        if (length === 0) {
          this.#rest = text.slice(index);
          return keys;
        }
        const sequence = text.slice(index, index + length);
        index += length;
        if (sequence === '\u001b[200~') this.#paste = [];
        else {
          const key = sequenceKey(sequence);
          if (key !== undefined) keys.push(key);
        }
      } else if (code < 0x20 || code === 0x7f) {
        keys.push(controlKey(code));
        index += 1;
      } else {
        let end = index + 1;
        while (end < text.length && text.charCodeAt(end) >= 0x20 && text.charCodeAt(end) !== 0x7f) end += 1;
        const printable = text.slice(index, end).replace(/[\u0080-\u009f]/g, '');
        if (printable !== '') keys.push({ kind: 'text', text: printable });
        index = end;
      }
    }
    return keys;
  }
}

function press(name: string): Key {
  return { kind: 'press', name };
}

function pasted(text: string): Key {
  return { kind: 'paste', text: text.replace(/\r\n?/g, '\n') };
}

function controlKey(code: number): Key {
  if (code === 0x0d || code === 0x0a) return press('enter');
  if (code === 0x09) return press('tab');
  if (code === 0x7f || code === 0x08) return press('backspace');
  if (code === 0) return press('ctrl-space');
  return press(`ctrl-${String.fromCharCode(code + 0x60)}`);
}

/** The length of the escape sequence at `start`; 0 when more characters are needed to tell. */
function sequenceLength(text: string, start: number): number {
  const second = text[start + 1];
  if (second === undefined) return 0;
  if (second === '\u001b') return 1;
  if (second === 'O') return text.length > start + 2 ? 3 : 0;
  if (second !== '[') return String.fromCodePoint(text.codePointAt(start + 1) ?? 0).length + 1;
  let index = start + 2;
  while (index < text.length && index - start < MAX_SEQUENCE) {
    const code = text.charCodeAt(index);
    if (code >= 0x40 && code <= 0x7e) return index - start + 1;
    if (code < 0x20 || code > 0x7e) return index - start;
    index += 1;
  }
  return index - start >= MAX_SEQUENCE ? MAX_SEQUENCE : 0;
}

/** The key that a whole escape sequence stands for; `undefined` for one that means nothing here. */
function sequenceKey(sequence: string): Key | undefined {
  if (sequence === '\u001b') return press('escape');
  const kind = sequence[1];
  if (kind === 'O' && sequence.length === 3) {
    const name = FINAL[sequence[2] ?? ''];
    return name === undefined ? undefined : press(name);
  }
  if (kind !== '[') {
    const character = sequence.slice(1);
    const inner = character < ' ' || character === '\u007f' ? controlKey(character.charCodeAt(0)) : press(character);
    return inner.kind === 'press' ? press(`alt-${inner.name}`) : undefined;
  }
  const final = sequence.at(-1) ?? '';
  const parameters = sequence.slice(2, -1).split(/[;:]/);
  if (final === 'Z') return press('shift-tab');
  if (final === '~' && parameters[0] === '27') return named(CODES[parameters[2] ?? ''] ?? letter(parameters[2]), parameters[1]);
  if (final === '~') return named(TILDE[parameters[0] ?? ''], parameters[1]);
  if (final === 'u') return named(CODES[parameters[0] ?? ''] ?? letter(parameters[0]), parameters[1]);
  return named(FINAL[final], parameters[1]);
}

function letter(code: string | undefined): string | undefined {
  const value = Number(code);
  return value > 0x20 && value < 0x7f ? String.fromCharCode(value) : undefined;
}

/** A key with xterm's modifier parameter: 1 + shift 1 + alt 2 + ctrl 4. */
function named(name: string | undefined, modifier: string | undefined): Key | undefined {
  if (name === undefined) return undefined;
  const bits = Math.max(0, Number(modifier ?? '1') - 1) || 0;
  return press(`${bits & 4 ? 'ctrl-' : ''}${bits & 2 ? 'alt-' : ''}${bits & 1 ? 'shift-' : ''}${name}`);
}
