import { isIP } from 'node:net';
import { parseNetRule } from '../../core/domain/net-rule.js';
import { type EgressRule, ruleAt } from '../support/sandbox/egress-rules.js';

/**
 * The rules of the broker for what the person granted, or in a sentence what is no such grant. A host that is named may be in a private network;
 * what a pattern leads to must be on the open internet, since whoever has the domain makes its names.
 */
export function programEgress(net: readonly string[]): readonly EgressRule[] | string {
  const rules: EgressRule[] = [];
  for (const text of net) {
    const rule = parseNetRule(text);
    const pair =
      rule?.kind === 'pair' && rule.host.kind === 'literal' && rule.port.kind === 'literal' ? [rule.host.text, rule.port.text] : [];
    const [host = '', port = ''] = pair;
    const found = ruleAt(host, Number(port), true, !host.startsWith('*.'));
    if (found === undefined) return `${text} is no host and port that it can be granted`;
    rules.push({ ...found, named: isIP(found.host) === 0 && !/(?:^|\.)localhost$/.test(found.host) });
  }
  return rules;
}
