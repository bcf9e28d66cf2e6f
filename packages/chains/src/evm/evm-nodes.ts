import { canonicalJson, type Json } from '@hufu/primitives'
import type { Assurance } from '../assurance.ts'
import { ChainError } from '../errors.ts'
import type { EvmBlock, EvmNode } from './evm-node.ts'

/** Several nodes of one chain, of different operators: an answer is what at least `threshold` of them give. */
export class EvmNodes {
  readonly all: readonly EvmNode[]
  readonly #threshold: number

  constructor(all: readonly EvmNode[], threshold: number) {
    if (!Number.isInteger(threshold) || threshold < 1 || threshold > all.length)
      throw new TypeError('expected a threshold from 1 to the number of nodes')
    this.all = all
    this.#threshold = threshold
  }

  /** The newest block that enough nodes have. */
  async height(): Promise<number> {
    const heights = (await answersOf(this.all.map(node => node.height()))).sort((a, b) => b - a)
    const height = heights[this.#threshold - 1]
    if (height === undefined) throw new ChainError('ERR_CHAIN_UNREACHABLE', 'too few nodes of the chain answered')
    return height
  }

  /** A block that enough nodes agree on. @throws ChainError `ERR_CHAIN_STALE`: there is none yet */
  async block(number: number): Promise<EvmBlock> {
    const { answer } = await this.agreed(async node => (await node.block(number)) ?? null)
    if (answer === null) throw new ChainError('ERR_CHAIN_STALE', 'the chain has no such block yet')
    return answer
  }

  /**
   * What enough nodes answer alike.
   *
   * @throws ChainError `ERR_CHAIN_UNREACHABLE`: too few answer; `ERR_CHAIN_ANSWER`: they disagree
   */
  async agreed<T>(ask: (node: EvmNode) => Promise<T>): Promise<{ readonly answer: T; readonly assurance: Assurance }> {
    const answers = await answersOf(this.all.map(ask))
    if (answers.length < this.#threshold) throw new ChainError('ERR_CHAIN_UNREACHABLE', 'too few nodes of the chain answered')
    const alike = Map.groupBy(answers, answer => canonicalJson(answer as Json))
    const [most] = [...alike.values()].sort((a, b) => b.length - a.length)
    if (most!.length < this.#threshold) throw new ChainError('ERR_CHAIN_ANSWER', 'the nodes of the chain disagree')
    const [k, n] = [most!.length, this.all.length]
    return { answer: most![0]!, assurance: n === 1 ? { kind: 'gatewaySigned' } : { kind: 'attested', k, n } }
  }
}

/** Of those that answered. @throws what the first one failed with, if nobody did */
async function answersOf<T>(asked: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(asked)
  const answers = settled.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (answers.length === 0) throw (settled[0] as PromiseRejectedResult).reason
  return answers
}
