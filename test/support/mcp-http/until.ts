/** Resolves when something holds; rejects when it does not within three seconds. */
export async function until(holds: () => boolean, ms = 3_000): Promise<void> {
  for (const end = performance.now() + ms; !holds(); ) {
    if (performance.now() > end) throw new Error(`it does not hold within ${ms} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
