/** Puts a text on the system's clipboard; rejects where there is none. The package is loaded here, at the first copy. */
export async function copyToClipboard(text: string): Promise<void> {
  const { default: clipboard } = await import('clipboardy');
  await clipboard.write(text);
}
