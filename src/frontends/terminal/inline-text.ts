import { Lexer, type MarkedToken, type Token } from 'marked';
import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { Style } from './word-wrap.js';

/** A piece of text with its looks; a break is where the text wants a new row. */
export type InlinePiece = { readonly text: string; readonly style?: Style } | { readonly break: true };

/** How inline markup is shown. */
export interface InlineLooks {
  readonly paint: Paint;
  /** Whether a link or image carries data away: it is printed as it was written. */
  readonly suspicious: (markup: string) => boolean;
}

/** More than this is not parsed but shown as it is: marked's time for hostile markup grows faster than its length. */
export const MAX_MARKUP = 4_000;

/** The pieces of a text with inline Markdown. Linear in its length. */
export function inlinePieces(markup: string, looks: InlineLooks): readonly InlinePiece[] {
  if (markup.length > MAX_MARKUP) return [{ text: markup }];
  return tokenPieces(Lexer.lexInline(markup), looks);
}

/** The pieces of inline tokens. */
export function tokenPieces(tokens: readonly Token[], looks: InlineLooks, style?: Style): readonly InlinePiece[] {
  const pieces: InlinePiece[] = [];
  for (const token of tokens as readonly MarkedToken[]) pieces.push(...pieceOf(token, looks, style));
  return pieces;
}

function pieceOf(token: MarkedToken, looks: InlineLooks, style: Style | undefined): readonly InlinePiece[] {
  const { paint } = looks;
  const plain = (text: string): InlinePiece => (style === undefined ? { text } : { text, style });
  switch (token.type) {
    case 'strong':
      return tokenPieces(token.tokens, looks, over(style, paint.bold));
    case 'em':
      return tokenPieces(token.tokens, looks, over(style, paint.italic));
    case 'codespan':
      // Without colours the backticks are what tells code from text.
      return [paint.enabled ? { text: token.text, style: over(style, paint.cyan) } : plain(`\`${token.text}\``)];
    case 'br':
      return [{ break: true }];
    case 'escape':
      return [plain(token.text)];
    case 'link':
      if (token.autolink === true || token.text === token.href) return [plain(token.text)];
      if (looks.suspicious(token.raw)) return [plain(token.raw)];
      return [...tokenPieces(token.tokens, looks, over(style, paint.underline)), plain(' '), { text: `(${token.href})`, style: paint.dim }];
    case 'image':
      if (looks.suspicious(token.raw)) return [plain(token.raw)];
      return [plain(`[image: ${token.text}] `), { text: `(${token.href})`, style: paint.dim }];
    case 'text':
      return token.tokens === undefined ? [plain(token.text)] : tokenPieces(token.tokens, looks, style);
    default:
      return [plain(token.raw)];
  }
}

function over(outer: Style | undefined, inner: Style): Style {
  return outer === undefined ? inner : (text) => outer(inner(text));
}
