import { g1Size, g2Size } from '../groth16/point-encoding.ts'
import type { ProvingKey } from './proving-key.ts'

const sectionNames = ['h', 'l', 'a', 'bG1', 'bG2'] as const

/** A proof takes one multi-scalar multiplication for each of these sections of the key. */
export type SectionName = (typeof sectionNames)[number]

/** Points of a section, from the `from`-th to before the `to`-th: what one worker holds, and multiplies at a time. */
export interface KeyPart {
  readonly section: SectionName
  readonly from: number
  readonly to: number
  /** Work, in points of G1. */
  readonly cost: number
}

/** A point of G2 takes as long as this many of G1. */
const g2Cost = 2.2
/** Solving the circuit and finding the quotient take, for each row of the domain, as long as this share of a point of G1. */
const solvingCost = 0.4
/** A smaller piece of a section is not cut off: what every multiplication takes, however few its points, would outweigh what is divided. */
const leastPiece = 0.15

/**
 * Divides a key among workers, each with about as much to do. The first solves the circuit and finds the quotient beside.
 *
 * @returns the parts of each worker, in the order in which to do them
 */
export function divideKey(key: ProvingKey, workers: number): readonly (readonly KeyPart[])[] {
  const shares = Array.from({ length: workers }, (): KeyPart[] => [])
  const costs = sectionNames.map(section => sectionSize(key, section) * (section === 'bG2' ? g2Cost : 1))
  const solving = key.domainSize * solvingCost
  const each = costs.reduce((sum, cost) => sum + cost, solving) / workers
  let start = solving
  for (const [index, section] of sectionNames.entries()) {
    const cost = costs[index]!
    const count = sectionSize(key, section)
    /** Where worker `rank` begins in this section, or 0 or 1 if elsewhere. */
    const begin = (rank: number): number => (rank === 0 ? 0 : rank === workers ? 1 : snapped((rank * each - start) / cost))
    for (const [rank, share] of shares.entries()) {
      const [from, to] = [Math.round(begin(rank) * count), Math.round(begin(rank + 1) * count)]
      if (to > from) share.push({ section, from, to, cost: (cost * (to - from)) / count })
    }
    start += cost
  }
  return shares
}

/** The points of a part. */
export function pointsOf(key: ProvingKey, { section, from, to }: KeyPart): Uint8Array {
  const size = section === 'bG2' ? g2Size : g1Size
  return (section === 'h' ? key.h : key[section].points).subarray(from * size, to * size)
}

/** The wires whose values a part's points are multiplied by; undefined where these are the quotient's coefficients. */
export function wiresOf(key: ProvingKey, { section, from, to }: KeyPart): Uint32Array | undefined {
  return section === 'h' ? undefined : key[section].wires.slice(from, to)
}

function sectionSize(key: ProvingKey, section: SectionName): number {
  return section === 'h' ? key.h.length / g1Size : key[section].wires.length
}

function snapped(share: number): number {
  if (share < leastPiece) return 0
  return share > 1 - leastPiece ? 1 : share
}
