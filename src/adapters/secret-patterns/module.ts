import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';
import { PatternSecretDetector } from './pattern-secret-detector.js';

/** Binds the secret detector. */
export const secretPatternsModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.secretDetector, [], () => new PatternSecretDetector());
});
