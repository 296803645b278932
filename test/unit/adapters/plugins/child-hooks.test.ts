import { expect } from 'chai';
import { SDK_SOURCE } from '../../../../src/adapters/plugins/child-hooks.js';
import * as sdk from '../../../../src/plugin.js';

describe('what a plugin imports as `pyra/plugin`', () => {
  it('is what src/plugin.ts exports', async () => {
    const served = (await import(`data:text/javascript,${encodeURIComponent(SDK_SOURCE)}`)) as typeof sdk;
    expect(Object.keys(served).sort()).to.deep.equal(Object.keys(sdk).sort());
    const plugin = { tools: {} };
    expect(served.definePlugin(plugin)).to.equal(plugin);
    for (const { ToolFailure } of [served, sdk]) {
      expect(new ToolFailure('no')).to.be.instanceOf(Error);
      expect(new ToolFailure('no')).to.include({ name: 'ToolFailure', message: 'no' });
    }
  });
});
