/** One list that is open: where its marker and its text stand in the source, and how far its text is indented on the screen. */
export interface ListLevel {
  readonly markerIndent: number;
  readonly textIndent: number;
  readonly screenIndent: number;
}

/** The lists around a line: a value. Nesting is judged a little more kindly than CommonMark does, since models indent by two everywhere. */
export type ListLevels = readonly ListLevel[];

/** From where on a line belongs to the text of a list. */
function inner(level: ListLevel): number {
  return Math.min(level.textIndent, level.markerIndent + 2);
}

/** The lists that a line with this indentation, which is no item, belongs to. */
export function levelsOfText(levels: ListLevels, indent: number): ListLevels {
  const outside = levels.findIndex((level) => indent < inner(level));
  return outside < 0 ? levels : levels.slice(0, outside);
}

/** The lists around a new item, its own the last one; `screenWidth` = the columns of its marker on the screen. */
export function levelsOfItem(levels: ListLevels, indent: number, width: number, screenWidth: number): ListLevels {
  const around = levelsOfText(levels, indent);
  return [...around, { markerIndent: indent, textIndent: indent + width, screenIndent: screenIndent(around) + screenWidth }];
}

/** How far text in these lists is indented on the screen. */
export function screenIndent(levels: ListLevels): number {
  return levels.at(-1)?.screenIndent ?? 0;
}
