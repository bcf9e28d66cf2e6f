import type { Header } from '@hufu/ledger'
import {
  blockMs,
  contract,
  genesisMs,
  key,
  makeState,
  SyntheticChain,
  validatorSet,
} from '../../../packages/ledger/test/synthetic-chain.ts'

const magic = 4_242
const changeAt = 8
const length = 20

/** A chain of headers with real signatures, whose validators change once, and whose state holds the number of the block. */
export async function lightChain() {
  const [before, after] = [await validatorSet('fuzz a', 4), await validatorSet('fuzz b', 4)]
  const chain = await SyntheticChain.make(
    magic,
    Array.from({ length }, (_, index) => (index < changeAt ? before : after)),
  )
  return {
    chain: {
      magic,
      anchor: chain.anchor,
      headers: chain.headers,
      answer: chain.answer,
      nowMs: genesisMs + length * blockMs,
      /** Headers that name new validators, on the way to a block. */
      changesBefore: (blockIndex: number): readonly Header[] => (blockIndex < changeAt ? [] : [chain.headers[changeAt - 1]!]),
    },
    contract,
    key,
    stateOf: (blockIndex: number) => makeState(`block ${blockIndex}`),
  }
}
