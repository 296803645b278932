import { expect } from 'chai';
import { parseAllowRule } from '../../../../src/core/domain/allow-rule.js';
import { AskOutput } from '../../../../src/frontends/terminal/ask-output.js';
import { rawText } from '../../../../src/frontends/terminal/raw-text.js';
import { approvalRequest } from '../../../support/approval-request.js';
import { commandContext } from '../../../support/command-context.js';
import { conversationOf } from '../../../support/messages.js';

describe('the output of ask', () => {
  function denied(json: boolean) {
    const context = commandContext({ globals: { json } });
    const output = new AskOutput(context, false, json ? undefined : rawText((text) => void context.stdout.write(text)));
    const request = approvalRequest();
    output.show({ type: 'tool-request', request });
    output.show({ type: 'tool-decision', call: request.call.id, decision: { outcome: 'deny', by: 'unavailable' } });
    output.show({ type: 'turn-end', reason: 'answered', usage: { inputTokens: 1, outputTokens: 1 } });
    return { context, exit: output.finish(conversationOf('conversation-1')) };
  }

  it('names the exact --allow, once, when nobody could be asked, and exits 5', () => {
    const { context, exit } = denied(false);
    expect(exit).to.equal(5);
    expect(context.err()).to.contain("add: --allow 'email.send:to=ana@example.org'\n");
  });

  it('gives the bare rule in JSON, as --allow takes it', () => {
    const { allow } = JSON.parse(denied(true).context.out()) as { allow: readonly string[] };
    expect(allow).to.deep.equal(['email.send:to=ana@example.org']);
    expect(parseAllowRule(allow[0] as string).tool).to.equal('email.send');
  });
});
