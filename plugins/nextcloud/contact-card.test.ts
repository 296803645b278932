import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { readCard, writtenCard } from './contact-card.js';
import { changedCard } from './contact-fields.js';
import { contactView } from './contact-view.js';

const card = (...lines: readonly string[]) =>
  readCard(`${['BEGIN:VCARD', ...lines, 'END:VCARD'].join('\r\n')}\r\n`) ?? expect.fail('not read');

const THREE = [
  'VERSION:3.0',
  'N:Example;Alice;;;',
  'FN:Alice Example',
  'EMAIL;TYPE=WORK,INTERNET:alice@example.test',
  'EMAIL;TYPE=HOME:al@home.example',
  'item1.URL:https://alice.example.test/?a=1\\;b',
  'item1.X-ABLabel:_$!<HomePage>!$_',
  'X-SOCIALPROFILE;TYPE=mastodon;X-USER="a;b:c":@alice@example.test',
  'PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCg',
  ' kJCQoKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/',
  'BDAY;X-APPLE-OMIT-YEAR=1604:1604-07-01',
  'NOTE:Likes\\, among others\\; cheese\\nand wine',
];

describe('vCards', () => {
  it('are read in versions 3 and 4, with what their values are for', () => {
    const view = contactView(card(...THREE));
    expect(view).to.deep.include({ name: 'Alice Example', birthday: '--07-01', note: 'Likes, among others; cheese\nand wine' });
    expect(view.emails).to.deep.equal([
      { value: 'alice@example.test', kinds: ['work'] },
      { value: 'al@home.example', kinds: ['home'] },
    ]);
    const four = contactView(
      card(
        'VERSION:4.0',
        'FN:Jürgen Müller',
        'TEL;VALUE=uri;TYPE="voice,home":tel:+49-221-1',
        'ORG:Ärzte;Köln',
        'BDAY:19850701',
        'ADR:;;Große Straße 1;Köln;;50667;Deutschland',
      ),
    );
    expect(four.phones).to.deep.equal([{ value: '+49-221-1', kinds: ['home'] }]);
    expect(four).to.deep.include({ organization: 'Ärzte, Köln', birthday: '1985-07-01' });
    expect(four.addresses[0]?.value).to.equal('Große Straße 1, Köln, 50667, Deutschland');
  });

  it('come back to the letter, but for what was changed', () => {
    const before = card(...THREE);
    expect(writtenCard(before)).to.equal(`${['BEGIN:VCARD', ...THREE, 'END:VCARD'].join('\r\n')}\r\n`);
    const after = changedCard(before, { emails: ['new@example.test', 'AL@home.example'], title: 'Käse; "Chefin"' });
    const lines = writtenCard(after).split('\r\n');
    expect(lines).to.include('EMAIL;TYPE=HOME:al@home.example').and.include('EMAIL:new@example.test').and.include('TITLE:Käse\\; "Chefin"');
    expect(lines.some((line) => line.includes('TYPE=WORK'))).to.equal(false);
    for (const kept of THREE.filter((line) => !line.startsWith('EMAIL'))) expect(lines, kept).to.include(kept);
    expect(lines.at(-2)).to.equal('END:VCARD');
  });

  it('lose what is set to nothing', () => {
    const after = changedCard(card(...THREE), { emails: [], note: '', birthday: '' });
    expect(contactView(after)).to.deep.include({ emails: [] }).and.not.have.any.keys('note', 'birthday');
  });

  it('are written so that no value can become another line, and folded by bytes', () => {
    const after = changedCard(card(...THREE), { note: `a\r\nTEL:1\rBEGIN:VCARD\u2028END:VCARD${'ü'.repeat(60)}` });
    const text = writtenCard(after);
    expect(text).not.to.match(/^(TEL|BEGIN:VCARD.)/m);
    expect(
      text
        .slice(text.indexOf('NOTE'))
        .split('\r\n')
        .every((line) => Buffer.byteLength(line) <= 75),
    ).to.equal(true);
    expect(contactView(readCard(text) ?? expect.fail()).note).to.equal(`a\nTEL:1\nBEGIN:VCARD\nEND:VCARD${'ü'.repeat(60)}`);
  });

  it('take no address, number or day that is none', () => {
    for (const fields of [
      { emails: ['bob'] },
      { phones: ['call me, maybe'] },
      { birthday: '2026-02-30' },
      { birthday: 'July' },
      { name: ' ' },
    ]) {
      expect(() => changedCard(card(...THREE), fields), JSON.stringify(fields)).to.throw(ToolFailure);
    }
    expect(writtenCard(changedCard(card('VERSION:4.0', 'FN:x'), { birthday: '--02-29' }))).to.contain('BDAY:--0229');
  });

  it('are none without their frame', () => {
    expect(readCard('')).to.equal(undefined);
    expect(readCard('BEGIN:VCARD\r\nFN:x')).to.equal(undefined);
    expect(readCard('BEGIN:VCALENDAR\r\nEND:VCALENDAR')).to.equal(undefined);
  });
});
