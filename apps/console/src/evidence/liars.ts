import type { Clock } from '@hufu/primitives'
import type { Counter } from 'prom-client'
import type { ApiTexts, FleetLiar } from '../api-types.ts'

/** In what a node was caught. */
export type Lie = 'proof' | 'absence'

const words: Readonly<Record<Lie, ApiTexts>> = {
  proof: {
    en: 'gave a proof or header that the validators did not sign, or that is of something else',
    'zh-CN': '给出的证明或区块头未经验证节点签名，或与所问不符',
  },
  absence: {
    en: 'denied a storage entry that another node proved to be there',
    'zh-CN': '否认存在某存储条目，而另一节点已证明其存在',
  },
}

/** For how long a node is shown as a liar after its last lie. */
const rememberedForMs = 24 * 60 * 60 * 1000

/** Nodes that were caught lying to this server: what each last did, and how often. */
export class Liars {
  readonly #clock: Clock
  readonly #counter: Counter | undefined
  readonly #caught = new Map<string, { sinceMs: number; lastMs: number; times: number; lie: Lie }>()

  constructor({ clock, counter }: { readonly clock: Clock; readonly counter?: Counter }) {
    this.#clock = clock
    this.#counter = counter
  }

  caught(node: string, lie: Lie): void {
    const nowMs = this.#clock.nowMs()
    const before = this.#caught.get(node)
    this.#caught.set(node, { sinceMs: before?.sinceMs ?? nowMs, lastMs: nowMs, times: (before?.times ?? 0) + 1, lie })
    this.#counter?.inc({ node })
  }

  has(node: string): boolean {
    return this.list().some(liar => liar.node === node)
  }

  /** Those of the last day. */
  list(): readonly FleetLiar[] {
    const sinceMs = this.#clock.nowMs() - rememberedForMs
    return [...this.#caught]
      .filter(([, { lastMs }]) => lastMs >= sinceMs)
      .map(([node, { sinceMs: since, times, lie }]) => ({ node, sinceMs: since, times, what: words[lie] }))
  }
}
