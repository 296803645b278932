/** The reason of a command's signal when whoever read its output has gone: nobody is there to be told anything. */
export const READER_GONE = new DOMException('the reader has gone', 'AbortError');
