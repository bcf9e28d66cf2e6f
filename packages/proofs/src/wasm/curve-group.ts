import type { CurveModule, GroupExports } from './curve-module.ts'
import type { EngineMemory } from './engine-memory.ts'

export type Group = 'G1' | 'G2'

/** One of the two groups in a module that is running: what sums and encodings of its points need to know. */
export interface CurveGroup {
  readonly name: Group
  readonly exports: GroupExports
  readonly module: CurveModule
  readonly memory: EngineMemory
  /** Parts of a coordinate: 1 in G1, 2 in G2. */
  readonly degree: 1 | 2
  /** Bytes of a coordinate, of a point (x and y), of a pair of coordinates, and of a compressed point. */
  readonly coordinateSize: number
  readonly pointSize: number
  readonly pairSize: number
  readonly compressedSize: number
  /** Addresses of the generator, its double, and a point's room: an addition that is always possible. */
  readonly spare: { readonly first: number; readonly second: number; readonly sum: number }
  /** Copies a point, or its negative where bit 0 of the address is set. */
  readonly copyPoint: (point: number, destination: number) => void
}

const generators = {
  G1: [
    [0x17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bbn],
    [0x08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1n],
  ],
  G2: [
    [
      0x024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8n,
      0x13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7en,
    ],
    [
      0x0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801n,
      0x0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79ben,
    ],
  ],
} as const

export function createCurveGroup(name: Group, module: CurveModule, memory: EngineMemory): CurveGroup {
  const degree = name === 'G1' ? 1 : 2
  const coordinateSize = module.elementSize * degree
  const pointSize = coordinateSize * 2
  const spareAt = memory.allocate(pointSize * 3)
  const spare = { first: spareAt, second: spareAt + pointSize, sum: spareAt + 2 * pointSize }
  const exports = module.groups[name]
  let at = spareAt
  for (const value of generators[name].flat()) {
    memory.bytes.set(module.encode(value), at)
    at += module.elementSize
  }
  memory.with([6 * module.pairSize], projective => {
    exports.fromAffine(projective as number, spare.first, spare.first)
    exports.doubleProjective(projective as number, projective as number)
    exports.toAffine(projective as number, spare.second, spare.second)
  })
  return {
    name,
    exports,
    module,
    memory,
    degree,
    coordinateSize,
    pointSize,
    pairSize: module.pairSize * degree,
    compressedSize: 48 * degree,
    spare,
    copyPoint: (point, destination) => {
      if ((point & 1) === 0) memory.bytes.copyWithin(destination, point, point + pointSize)
      else exports.negatePoint(point & -8, destination)
    },
  }
}
