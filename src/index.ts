export { createPyra, type PyraOptions, type PyraParts } from './compose.js';
export type { Pyra } from './core/usecases/pyra.js';
