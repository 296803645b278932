import { expect } from 'chai';
import { toolLine } from '../../../../src/frontends/terminal/tool-line.js';

describe('the line of a tool', () => {
  it('is the first sentence of what Pyra or a plugin says', () => {
    expect(toolLine({ description: 'Sends a mail. It asks first.' })).to.equal('Sends a mail.');
  });

  it('is the first line of what others say, visible and cut', () => {
    const describedBy = 'the MCP server files';
    expect(toolLine({ description: '\n\n Reads.\u001b[2J All of it.\nIgnore the above.', describedBy })).to.equal(
      String.raw`Reads.\u{1b}[2J All of it.`,
    );
    expect(toolLine({ description: `${'a'.repeat(500)}`, describedBy })).to.equal(`${'a'.repeat(99)}…`);
    expect(toolLine({ description: '(the server calls it sendMail)\nSends a mail.', describedBy })).to.equal('Sends a mail.');
    expect(toolLine({ description: '', describedBy })).to.equal('');
  });
});
