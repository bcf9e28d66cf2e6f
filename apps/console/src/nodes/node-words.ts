import { LedgerError, type NetworkDescriptor, RpcNode } from '@hufu/ledger'

/** What a node said; undefined: nothing, or nothing that has the form of an answer. */
export interface Word<Value> {
  readonly node: string
  readonly value: Value | undefined
}

/** Asks the validators what cannot be proven, each by its name. */
export class NodeWords {
  readonly #nodes: readonly { readonly name: string; readonly rpc: RpcNode }[]

  constructor({ validators }: Pick<NetworkDescriptor, 'validators'>, options: { readonly fetch?: typeof globalThis.fetch } = {}) {
    const settings = { fetch: options.fetch ?? globalThis.fetch, timeoutMs: 2_000, maxAnswerBytes: 16_777_216 }
    this.#nodes = validators.map(({ name, rpcUrl }) => ({ name, rpc: new RpcNode(rpcUrl, settings) }))
  }

  /** Asks all at once. @param parse - throws LedgerError for what is no answer */
  all<Value>(method: string, params: readonly unknown[], parse: (result: unknown) => Value): Promise<readonly Word<Value>[]> {
    return Promise.all(this.#nodes.map(node => wordOf(node, method, params, parse)))
  }

  /** Asks one after the other until one gives an answer that will do; undefined: none does. */
  async first<Value>(method: string, params: readonly unknown[], parse: (result: unknown) => Value): Promise<Value | undefined> {
    for (const node of this.#nodes) {
      const { value } = await wordOf(node, method, params, parse)
      if (value !== undefined) return value
    }
    return undefined
  }
}

async function wordOf<Value>(
  { name, rpc }: { readonly name: string; readonly rpc: RpcNode },
  method: string,
  params: readonly unknown[],
  parse: (result: unknown) => Value,
): Promise<Word<Value>> {
  try {
    return { node: name, value: parse(await rpc.call(method, params)) }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    return { node: name, value: undefined }
  }
}
