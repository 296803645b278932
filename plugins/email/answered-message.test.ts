import { expect } from 'chai';
import { conversation } from './answered-message.js';

describe('the references of an answer', () => {
  it('are those of the message that it answers, and that message', () => {
    expect(conversation('References: <1@a>\r\n <2@a>\r\nIn-Reply-To: <2@a>\r\n', '<3@a>')).to.deep.equal(['<1@a>', '<2@a>', '<3@a>']);
  });

  it('begin with what that message answered, when it has no references', () => {
    expect(conversation('In-Reply-To: <1@a> <x@a>\r\n', '<2@a>')).to.deep.equal(['<1@a>', '<2@a>']);
    expect(conversation('', '<2@a>')).to.deep.equal(['<2@a>']);
  });

  it('are not endless, and hold nothing but ids', () => {
    const many = Array.from({ length: 200 }, (_, index) => `<${index}@a>`).join('\r\n ');
    const found = conversation(`References: ${many}\r\n`, '<last@a>');
    expect(found).to.have.length(30);
    expect([found[0], found.at(-2), found.at(-1)]).to.deep.equal(['<0@a>', '<199@a>', '<last@a>']);
    expect(conversation('References: <a b@c> evil\u0000 <ok@a>, "Bcc: x"\r\n', '<2@a>')).to.deep.equal(['<ok@a>', '<2@a>']);
  });
});
