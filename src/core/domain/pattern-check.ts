const MAX_PATTERN_CHARACTERS = 500;

/** Looks whether the patterns of one schema can be tried on any text within a bearable time. */
export class PatternCheck {
  /** What is wrong with a pattern, behind its place. */
  fault(pattern: string): string | undefined {
    if (pattern.length > MAX_PATTERN_CHARACTERS) return `has a pattern of more than ${MAX_PATTERN_CHARACTERS} characters`;
    try {
      new RegExp(pattern, 'u');
    } catch {
      return 'has a pattern that is no regular expression';
    }
    if (/\\(?:[1-9]|k<)/.test(pattern.replaceAll('\\\\', ''))) return 'has a pattern that refers back to what it found';
    return undefined;
  }
}
