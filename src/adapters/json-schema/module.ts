import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';
import { JsonSchemaChecker } from './json-schema-checker.js';

/** Binds the schema checker; the validator itself is loaded at the first call. */
export const jsonSchemaModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.schemaChecker, [], () => new JsonSchemaChecker(() => import('@cfworker/json-schema')));
});
