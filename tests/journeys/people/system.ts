import type { InstitutionName, Reach } from './run-pilot.ts'

/** An institution's own program, which uses its server. */
export class InstitutionSystem {
  readonly #pilot: Reach
  readonly #name: InstitutionName

  constructor(pilot: Reach, name: InstitutionName) {
    this.#pilot = pilot
    this.#name = name
  }

  /** @throws Error with the answer, if it is a refusal */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const { status, text } = await this.answer(method, path, body)
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  }

  async answer(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(this.#pilot.urls[this.#name] + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#pilot.systemTokens[this.#name]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, text: await response.text() }
  }

  /** As wallets know it: out of the file beside the wallet. */
  async did(): Promise<string> {
    const file = (await (await fetch(`${this.#pilot.urls.wallet}/network.json`)).json()) as {
      readonly institutions: readonly { readonly did: string; readonly url: string }[]
    }
    return file.institutions.find(({ url }) => url === this.#pilot.urls[this.#name])!.did
  }
}
