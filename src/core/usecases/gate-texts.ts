import { visible } from '../domain/untrusted.js';
import type { Verdict } from './gate-decision.js';

/** What the model is told about a call that was refused: by whom, and what the person said; never "the person" when nobody was asked. */
export function refusalText({ decision, why }: Extract<Verdict, { kind: 'refuse' }>): string {
  if (why === 'repeated') return 'denied: this very call was refused before in this turn, so nobody was asked again; do not repeat it';
  if (why === 'edits') return 'denied: the arguments were edited too often';
  const note = decision.note === undefined || decision.note.trim() === '' ? '' : `: ${visible(decision.note).trim().slice(0, 2_000)}`;
  switch (decision.by) {
    case 'person':
      return `denied by the person${note}`;
    case 'rule':
      return `denied by a rule of the person, who was not asked${note}`;
    case 'unavailable':
      return `denied: it needs the approval of the person, and nobody could be asked${note}`;
    case 'timeout':
      return `denied: the person was asked, and did not answer in time${note}`;
    case 'abort':
      return `aborted before it was decided; it was not run${note}`;
  }
}
