const PLACE = /(file:\/\/\/[^\s()]+\.m?js):(\d+):(\d+)/g;

/**
 * A stack with the places of the sources instead of those of the bundle, as far as source maps lie beside its files. Node's own switch for this
 * reads every map as soon as any error's stack is looked at, which vendor code does in passing.
 */
export function mappedStack(stack: string): string {
  const { SourceMap } = process.getBuiltinModule('node:module');
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const maps = new Map<string, InstanceType<typeof SourceMap> | undefined>();
  const mapOf = (url: string): InstanceType<typeof SourceMap> | undefined => {
    if (!maps.has(url)) {
      try {
        maps.set(url, new SourceMap(JSON.parse(readFileSync(new URL(`${url}.map`), 'utf8'))));
      } catch {
        maps.set(url, undefined);
      }
    }
    return maps.get(url);
  };
  return stack.replace(PLACE, (place, url: string, line: string, column: string) => {
    const origin = mapOf(url)?.findOrigin(Number(line), Number(column));
    if (origin === undefined || !('fileName' in origin)) return place;
    return `${URL.canParse(origin.fileName, url) ? new URL(origin.fileName, url).href : origin.fileName}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}
