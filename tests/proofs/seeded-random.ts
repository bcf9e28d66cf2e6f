import { createHash } from 'node:crypto'

/** Numbers that are the same in every run. */
export interface SeededRandom {
  /** From 0 to below `limit`, which is at most 2³². */
  below(limit: number): number
  pick<Item>(items: readonly Item[]): Item
  /** 256 bits. */
  bits256(): bigint
}

export function seededRandom(seed: string): SeededRandom {
  let count = 0
  const next = () => createHash('sha256').update(`${seed} ${count++}`).digest()
  const below = (limit: number) => Number(next().readBigUInt64BE() % BigInt(limit))
  return { below, pick: items => items[below(items.length)]!, bits256: () => BigInt(`0x${next().toString('hex')}`) }
}
