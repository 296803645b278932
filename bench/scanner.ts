import type { Benchmark } from './figure.js';
import { scannerSpeedFigures } from './security/scanner-speed.js';

/** The scanner on clean and on hostile text. */
export const scanner: Benchmark = {
  name: 'scanner',
  run: async () =>
    scannerSpeedFigures().map(({ name, value, unit, target }) => ({ name, value, unit, ...(target === undefined ? {} : { target }) })),
};
