import { expect } from 'chai';
import fc from 'fast-check';
import type { SecretDetector } from '../../src/ports/secret-detector.js';
import type { Harness } from '../support/harness.js';

/** What a detector is known to find. */
export interface SecretDetectorTraits {
  /** Texts with one secret each, and the secret. */
  readonly known: readonly (readonly [text: string, secret: string])[];
}

/** What every {@link SecretDetector} guarantees. */
export function secretDetectorContract(harness: Harness<SecretDetector, SecretDetectorTraits>): void {
  describe(`SecretDetector: ${harness.name}`, () => {
    const known = harness.traits?.known ?? [];

    it('gives exactly the place of a secret, and a rule for it', async () => {
      const { port } = await harness.create();
      expect(known).not.to.be.empty;
      for (const [text, secret] of known) {
        const ranges = port.find(text);
        expect(ranges.map(({ start, end }) => text.slice(start, end))).to.deep.equal([secret]);
        expect(ranges[0]?.rule).to.match(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      }
    });

    it('finds nothing in ordinary words', async () => {
      const { port } = await harness.create();
      expect(port.find('The quick brown fox forgot the password again, and the key to the house.')).to.deep.equal([]);
      expect(port.find('')).to.deep.equal([]);
    });

    it('gives ranges in order, inside the text and without overlaps, whatever the text', async () => {
      const { port } = await harness.create();
      const pieces = fc.array(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...known.map(([text]) => text), '\n', ' İ ')),
        {
          maxLength: 8,
        },
      );
      fc.assert(
        fc.property(pieces, (parts) => {
          const text = parts.join('');
          let end = 0;
          for (const range of port.find(text)) {
            expect(range.start).to.be.at.least(end);
            expect(range.end).to.be.above(range.start);
            expect(range.end).to.be.at.most(text.length);
            end = range.end;
          }
        }),
        { numRuns: 200 },
      );
    });

    it('finds the same in a text however often it is asked', async () => {
      const { port } = await harness.create();
      for (const [text] of known) expect(port.find(text)).to.deep.equal(port.find(text));
    });

    it('finds a secret in the middle of a long text', async () => {
      const { port } = await harness.create();
      const [text, secret] = known[0] as readonly [string, string];
      const long = `${'some words and more words\n'.repeat(5_000)}${text}\n${'and words after\n'.repeat(5_000)}`;
      expect(port.find(long).map(({ start, end }) => long.slice(start, end))).to.deep.equal([secret]);
    });
  });
}
