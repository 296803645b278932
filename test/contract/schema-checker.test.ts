import { JsonSchemaChecker } from '../../src/adapters/json-schema/json-schema-checker.js';
import { schemaCheckerContract } from './schema-checker.contract.js';

schemaCheckerContract({
  name: JsonSchemaChecker.name,
  create: async () => ({ port: new JsonSchemaChecker(() => import('@cfworker/json-schema')) }),
});
