import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PluginContext } from 'pyra/plugin';
import { listContacts } from '../../../plugins/nextcloud/list-contacts.js';
import { createContact, previewCreateContact, previewUpdateContact, updateContact } from '../../../plugins/nextcloud/write-contact.js';
import { needsRadicale, type Radicale, startRadicale } from '../../support/servers/radicale.js';
import { writeSampleCollections } from '../../support/servers/sample-calendar.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { calendarContext, failureWords } from './calendar-context.js';
import { trustAuthority } from './nextcloud-context.js';

describe('contacts: writing (needs radicale and openssl)', () => {
  let radicale: Radicale;
  let context: PluginContext;
  let dataDir: string;
  let forget = () => {};
  before(async function () {
    needsRadicale(this);
    radicale = await startRadicale({ seed: writeSampleCollections });
    forget = trustAuthority(radicale.ca);
    dataDir = temporaryFolder();
    context = calendarContext(radicale, { dataDir });
  });
  after(async () => {
    forget();
    await radicale?.stop();
    if (dataDir !== undefined) removeFolder(dataDir);
  });

  it('adds a person as the preview showed it', async () => {
    const person = {
      name: 'Zoë Ünal',
      emails: ['zoe@example.test'],
      phones: ['+49 221 12-3'],
      address: 'Am Markt 1, Köln',
      birthday: '--02-29',
    };
    expect(await previewCreateContact(person, context))
      .to.contain('a new contact in Kontakte')
      .and.to.contain('e-mail: zoe@example.test');
    await createContact(person, context);
    const found = await listContacts({ query: 'zoe' }, context);
    for (const part of ['name: Zoë Ünal', 'telephone: +49 221 12-3', 'address: Am Markt 1, Köln', 'birthday: --02-29'])
      expect(found.text).to.contain(part);
  });

  it('changes a person, keeps what it does not understand, and only what was shown', async () => {
    const change = { id: 'main~contacts~alice.vcf', phones: ['+49 151 0000000', '+49 30 1'] };
    const preview = await previewUpdateContact(change, context);
    expect(preview).to.match(
      /before:[\s\S]*telephone: \+49 151 0000000 \(cell\)\n[\s\S]*after:[\s\S]*telephone: \+49 151 0000000 \(cell\); \+49 30 1/,
    );
    await updateContact({ id: change.id, note: 'changed elsewhere' }, context);
    expect(await failureWords(updateContact(change, context))).to.contain('was changed in the meantime');
    await updateContact(change, context);
    const stored = readFileSync(join(radicale.collections, 'contacts', 'alice.vcf'), 'utf8');
    expect(stored)
      .to.contain('X-SOCIALPROFILE;TYPE=mastodon:@alice@example.test')
      .and.to.match(/item1\.X-ABLabel:Home page/i)
      .and.to.contain('changed elsewhere');
    expect(await failureWords(updateContact({ id: 'main~contacts~nobody.vcf', note: 'x' }, context))).to.contain('is not there');
    expect(await failureWords(updateContact({ id: 'main~personal~weekly.ics', note: 'x' }, context))).to.contain('is not there');
  });
});
