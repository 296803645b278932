import type { StyledTextOptions } from './styled-text.js';
import type { TurnText } from './turn-text.js';

/** Code of the terminal front-end that few commands need and that is slow to load. */

/** The text of a turn for a terminal; its Markdown parser is loaded for nobody else. */
export async function openStyledText(options: StyledTextOptions): Promise<TurnText> {
  const { styledText } = await import('./styled-text.js');
  return styledText(options);
}

/**
 * The text of a PDF file, its pages separated by blank lines.
 * @throws an error of the PDF library for what is not a PDF
 */
export async function pdfText(bytes: Uint8Array): Promise<string> {
  const { extractText, getDocumentProxy } = await import('unpdf');
  const { text } = await extractText(await getDocumentProxy(bytes), { mergePages: false });
  return text.map((page) => page.trim()).join('\n\n');
}

/** Puts a text on the system's clipboard; rejects where there is none. */
export async function copyToClipboard(text: string): Promise<void> {
  const { default: clipboard } = await import('clipboardy');
  await clipboard.write(text);
}
