import { InputTables } from '../wasm/pairing/input-tables.ts'
import type { Address, PairingEngine } from '../wasm/pairing/pairing-engine.ts'
import type { G1Point, G2Point } from './curve-point.ts'
import type { VerifyingKey } from './verifying-key.ts'

/** What is made of a verifying key once, in the engine's memory. */
export interface PreparedKey {
  /** IC, and α behind them. */
  readonly tables: InputTables
  readonly alphaIndex: number
  readonly betaLines: Address
  readonly deltaLines: Address
  /** e(−α, β): six pairs. */
  readonly minusAlphaBeta: Address
}

export function prepareKey(engine: PairingEngine, key: VerifyingKey): PreparedKey {
  const alpha = engine.allocate(3)
  writeG1Point(engine, alpha, key.alpha)
  const p = engine.allocate(4)
  engine.writeLinePoint(p, alpha, 0, true)
  const betaLines = engine.makeLines(writeG2Point(engine, key.beta))
  const minusAlphaBeta = engine.allocate(6)
  engine.millerLoop(minusAlphaBeta, [], [{ lines: betaLines, p }])
  engine.finalExponentiation(minusAlphaBeta, minusAlphaBeta)
  return {
    tables: new InputTables(engine, [...key.inputs, key.alpha]),
    alphaIndex: key.inputs.length,
    betaLines,
    deltaLines: engine.makeLines(writeG2Point(engine, key.delta)),
    minusAlphaBeta,
  }
}

/** Two pairs. */
export function writeG2Point(engine: PairingEngine, { x, y }: G2Point): Address {
  const address = engine.allocate(2)
  engine.writeFp2(address, x)
  engine.writeFp2(engine.pairAt(address, 1), y)
  return address
}

function writeG1Point(engine: PairingEngine, address: Address, { x, y }: G1Point): void {
  engine.writePair(address, x)
  engine.writePair(engine.pairAt(address, 1), y)
  engine.writePair(engine.pairAt(address, 2), 1n)
}
