// The licences of the packages inside the bundle: most ask that their text goes along.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const TEXT = /^(licen[cs]e|copying|notice)/i;

/** Writes the licence of every package that one of the `files` of the bundle is from; they are paths relative to `root`. */
export async function writeLicenses(root, files, target) {
  const folders = new Set();
  for (const path of files) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const sections = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const terms = typeof license === 'string' ? license : license?.type;
    const named = (await readdir(join(root, folder))).filter((file) => TEXT.test(file)).sort();
    if (terms === undefined && named.length === 0) throw new Error(`${name} ${version} is bundled and says nothing about its licence`);
    const texts = await Promise.all(named.map((file) => readFile(join(root, folder, file), 'utf8').catch(() => '')));
    sections.push([`${name} ${version}: ${terms ?? 'see below'}`, ...texts.map((text) => text.trim())].filter(Boolean).join('\n\n'));
  }
  const head = 'Pyra contains code of these packages, each under its own licence.';
  await writeFile(target, `${[head, ...sections].join(`\n\n${'='.repeat(80)}\n\n`)}\n`);
}
