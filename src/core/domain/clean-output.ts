import { MAX_RESULT_CHARACTERS } from './tool.js';

/** Escape sequences of terminals (ECMA-48: CSI, OSC, two-character ones). */
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-Z\\^-~])|\u009b[0-?]*[ -/]*[@-~]/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A tool's text without what a terminal would obey: line ends are `\n`, escape sequences and control characters are gone, surrogates are paired. */
export function cleanOutput(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(SEQUENCES, '').replace(CONTROLS, '');
}

/** At most `limit` characters of a text, with a line that says what was left out; the line counts too. */
export function bounded(text: string, whole: number, limit = MAX_RESULT_CHARACTERS): string {
  if (text.length <= limit && whole <= limit) return text;
  const line = `\n[cut: of ${whole} characters only the first are kept]`;
  return `${text.slice(0, limit - line.length).toWellFormed()}${line}`;
}
