import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';

/** Binds the secret detector. */
export const secretPatternsModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.secretDetector, [], async () => {
    const { PatternSecretDetector } = await import('./pattern-secret-detector.js');
    return new PatternSecretDetector();
  });
});
