import { type Dispatcher, fetch, type Response } from 'undici';

/** As much of a browser as it takes to sign in at a test's authorization server: cookies, redirects, forms. */
export class Browser {
  readonly #dispatcher: Dispatcher;
  readonly #cookies = new Map<string, string>();

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** Enters the code of a device, and then signs in and agrees, or refuses. Gives what the last page says. */
  async enterCode(page: string, userCode: string, agree: boolean): Promise<string> {
    let { html } = await this.#get(`${page}?user_code=${encodeURIComponent(userCode)}`);
    html = await this.#post(page, { xsrf: hidden(html, 'xsrf'), user_code: userCode });
    return this.#post(page, { xsrf: hidden(html, 'xsrf'), user_code: userCode, ...(agree ? { confirm: 'yes' } : { abort: 'yes' }) });
  }

  /** Sends a form, follows where it leads, and fills in the forms of sign-in and consent on the way. */
  async #post(url: string, form: Readonly<Record<string, string>>): Promise<string> {
    let at = await this.#get(url, form);
    for (let step = 0; step < 10; step++) {
      const action = /<form[^>]*action="([^"]*interaction[^"]*)"/.exec(at.html)?.[1];
      if (action === undefined) break;
      at = await this.#get(new URL(action, at.url).href, { prompt: hidden(at.html, 'prompt'), login: 'pyra', password: 'x' });
    }
    return at.html;
  }

  async #get(url: string, form?: Readonly<Record<string, string>>): Promise<{ readonly url: string; readonly html: string }> {
    let at = url;
    let response = await this.#request(at, form);
    for (let step = 0; step < 10; step++) {
      const location = response.headers.get('location');
      if (location === null) break;
      at = new URL(location, at).href;
      response = await this.#request(at);
    }
    return { url: at, html: await response.text() };
  }

  async #request(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const response = await fetch(url, {
      dispatcher: this.#dispatcher,
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      this.#cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  }
}

function hidden(html: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? '';
}
