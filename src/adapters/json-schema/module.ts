import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';

/** Binds the schema checker; the validator itself is loaded at the first call. */
export const jsonSchemaModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.schemaChecker, [], async () => {
    const { JsonSchemaChecker } = await import('./json-schema-checker.js');
    return new JsonSchemaChecker(() => import('@cfworker/json-schema'));
  });
});
