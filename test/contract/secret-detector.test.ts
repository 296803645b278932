import { PatternSecretDetector } from '../../src/adapters/secret-patterns/pattern-secret-detector.js';
import { secretDetectorContract } from './secret-detector.contract.js';

// Put together here, so that no scanner takes this file for a leak.
const github = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5'}`;
const stripe = `sk_${'live'}_4eC39HqLyjWDarjtT1zdp7dc`;
const anthropic = `sk-ant-${'api03'}-${'Xy7_'.repeat(23)}bAA`;
const slack = `xoxb-${'123456789012'}-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx`;

secretDetectorContract({
  name: PatternSecretDetector.name,
  traits: {
    known: [
      [`export TOKEN=${github}`, github],
      [`the key is "${stripe}" since May`, stripe],
      [`${anthropic}\n`, anthropic],
      [`slack: ${slack}`, slack],
      ['db_secret = "q8Zk2Vn5Xw7Ls3Rt"', 'q8Zk2Vn5Xw7Ls3Rt'],
    ],
  },
  create: async () => ({ port: new PatternSecretDetector() }),
});
