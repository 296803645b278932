import { expect } from 'chai';
import { type ErrorCode, isPyraError } from '../../src/core/domain/errors.js';
import type { ModelRef } from '../../src/core/domain/model.js';
import type { ModelCatalog } from '../../src/ports/language-model.js';
import type { Subject } from '../support/harness.js';
import { collect, textOf } from './language-model.contract.js';

/** A catalog with one reachable endpoint. */
export interface CatalogSubject extends Subject<ModelCatalog> {
  readonly endpoint: Omit<ModelRef, 'model'>;
}

/** One row of the table: a catalog whose endpoint has these models, each of which says "hello". */
export interface ModelCatalogHarness {
  readonly name: string;
  create(models: readonly string[]): Promise<CatalogSubject>;
}

/** What every ModelCatalog guarantees. */
export function modelCatalogContract(harness: ModelCatalogHarness): void {
  describe(`${harness.name} as the model catalog`, () => {
    let subject: CatalogSubject;

    beforeEach(async () => {
      subject = await harness.create(['zeta', 'alpha', 'vendor/mid']);
    });

    afterEach(async () => subject.dispose?.());

    it('has a table of providers with distinct ids', () => {
      const providers = subject.port.providers();
      expect(providers).not.to.be.empty;
      expect(new Set(providers.map(({ id }) => id)).size).to.equal(providers.length);
      expect(providers.map(({ id }) => id)).to.include(subject.endpoint.provider);
    });

    it('lists the models of an endpoint, sorted', async () => {
      const ids = await subject.port.models(subject.endpoint, new AbortController().signal);
      expect(ids).to.deep.equal(['alpha', 'vendor/mid', 'zeta']);
    });

    it('opens a model that answers under its own name', async () => {
      const model = await subject.port.open({ ...subject.endpoint, model: 'alpha' });
      expect(textOf(await collect(model, { system: '', messages: [{ role: 'user', text: 'hi' }], tools: [] }))).to.equal('hello');
    });

    it('knows no other provider', async () => {
      await expectCode(subject.port.open({ provider: 'no-such-provider', model: 'x' }), 'model/not-found');
      await expectCode(subject.port.models({ provider: 'no-such-provider' }, new AbortController().signal), 'model/not-found');
    });

    it('says when a base URL is missing', async () => {
      await expectCode(subject.port.open({ provider: subject.endpoint.provider, model: 'alpha' }), 'settings/invalid');
    });

    it('stops a list with the reason of the signal', async () => {
      const signal = AbortSignal.abort();
      const error: unknown = await subject.port.models(subject.endpoint, signal).catch((thrown: unknown) => thrown);
      expect(error).to.equal(signal.reason);
    });
  });
}

async function expectCode(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(isPyraError(error, code), String(error)).to.equal(true);
}
