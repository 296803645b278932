import * as kleur from 'kleur/colors';

/** Colours and weights for one stream; every function gives the text back unchanged where colours are off. */
export interface Paint {
  readonly enabled: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly italic: (text: string) => string;
  readonly underline: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly magenta: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly gray: (text: string) => string;
}

// kleur decides once, by stdout; here each stream decides for itself.
kleur.$.enabled = true;

const plain = (text: string): string => text;
const painted =
  (style: kleur.Colorize): ((text: string) => string) =>
  (text) =>
    String(style(text));

/** Colours that are on or off. */
export function createPaint(enabled: boolean): Paint {
  const style = (colour: kleur.Colorize): ((text: string) => string) => (enabled ? painted(colour) : plain);
  return {
    enabled,
    bold: style(kleur.bold),
    dim: style(kleur.dim),
    italic: style(kleur.italic),
    underline: style(kleur.underline),
    red: style(kleur.red),
    green: style(kleur.green),
    yellow: style(kleur.yellow),
    blue: style(kleur.blue),
    magenta: style(kleur.magenta),
    cyan: style(kleur.cyan),
    gray: style(kleur.gray),
  };
}

/** What was asked for on the command line. */
export type ColorChoice = 'auto' | 'always' | 'never';

/**
 * Whether a stream gets colours: the flag first, then a non-empty `NO_COLOR`, then `FORCE_COLOR` (`0` and `false` are off), then `TERM=dumb`,
 * then whether the stream is a terminal.
 */
export function wantsColor(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>, choice: ColorChoice): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}
