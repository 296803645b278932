import type { Paint } from '../../adapters/support/terminal/paint.js';
import { MarkdownStream } from './markdown-stream.js';
import { TextCleaner } from './text-cleaner.js';
import type { TextPieces, TurnText } from './turn-text.js';
import { WordWrap } from './word-wrap.js';

/** Where styled text is shown, and how. */
export interface StyledTextOptions {
  /** Takes the answer. */
  readonly out: (text: string) => void;
  /** Takes everything else. */
  readonly err: (text: string) => void;
  readonly columns: () => number;
  readonly outPaint: Paint;
  readonly errPaint: Paint;
  /** Whether a link or image carries data away: it is printed as it was written. */
  readonly suspicious: (markup: string) => boolean;
}

/** A turn for a terminal: the answer as Markdown, reasoning dim. */
export function styledText(options: StyledTextOptions): TurnText {
  const { out, err, columns, outPaint, errPaint, suspicious } = options;
  return {
    answer: new MarkdownStream({ write: out, columns, paint: outPaint, suspicious }),
    reasoning: dimmed(new WordWrap(err, columns), errPaint),
  };
}

function dimmed(wrap: WordWrap, paint: Paint): TextPieces {
  let cleaner: TextCleaner | undefined;
  return {
    push: (piece) => {
      if (cleaner === undefined) {
        cleaner = new TextCleaner();
        wrap.begin('', '');
      }
      for (const character of cleaner.push(piece)) {
        if (character === '\n') wrap.hardBreak();
        else if (character === ' ' || character === '\t') wrap.space();
        else wrap.text(character, paint.dim);
      }
    },
    end: () => {
      cleaner = undefined;
      wrap.end();
    },
  };
}
