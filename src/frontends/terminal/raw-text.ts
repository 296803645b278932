import { TextCleaner } from './text-cleaner.js';
import type { TurnText } from './turn-text.js';

/** A turn for a reader that is no terminal: the answer goes out as it came, without what a terminal would obey and in whole lines, and thoughts stay unsaid. */
export function rawText(write: (text: string) => void): TurnText {
  const cleaner = new TextCleaner();
  let lineOpen = false;
  return {
    answer: {
      push: (piece) => {
        const clean = [...cleaner.push(piece)].join('');
        if (clean === '') return;
        write(clean);
        lineOpen = !clean.endsWith('\n');
      },
      end: () => {
        if (lineOpen) write('\n');
        lineOpen = false;
      },
    },
    reasoning: { push: () => undefined, end: () => undefined },
  };
}
