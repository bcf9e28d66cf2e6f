import type { WasmModule } from './assembler.ts'
import type { Code, FunctionReference, Local } from './code.ts'
import type { Coordinates } from './coordinates.ts'
import type { StaticMemory } from './static-memory.ts'

export interface AffineBatch {
  /**
   * (list, count, scratch) → i32: sums of pairs of points with one shared inversion. The list has 12 bytes an entry: addresses of both points
   * and of the sum; bit 0 of a point's address stands for its negative. `count` is even and not 0. Scratch: (count / 2 + 1) · 2 · pairSize bytes.
   * Returns the bits of lanes in which two points of one entry have the same x; nothing is written then.
   * A sum may take the place of its own entry's points, of no other entry's.
   */
  readonly add: FunctionReference
  /** (list, count, scratch): doubles of points, none at infinity. Entries have 8 bytes: addresses of point and result. Else as {@link add}. */
  readonly double: FunctionReference
  /** (list, count, start) → i32: after `add` refused, the next entry, from `start` on, whose points have the same x; `count` if none has. */
  readonly findEqual: FunctionReference
  /** (point, point) → i32: not 0 where both have the same x. */
  readonly sameX: FunctionReference
  /** (point, point) → i32: not 0 where both have the same y. Bit 0 of an address as in {@link add}. */
  readonly sameY: FunctionReference
}

const addressMask = -8

/** Emits additions of points in affine coordinates: 5 multiplications and a square each, inversion apart. */
export function emitAffineBatch(module: WasmModule, memory: StaticMemory, coordinates: Coordinates): AffineBatch {
  const { name, elementSize, pairSize } = coordinates
  const reserve = (): number => memory.reserve(pairSize)
  const [x1, y1, x2, y2, slope, inverse, rest, x3, y3] = Array.from({ length: 9 }, reserve) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const step = pairSize * 2

  /** Loads the addresses of the two entries at `entry`, in lanes 0 and 1. */
  const loadAddresses = (code: Code, entry: Local, offset: number, entrySize: number, into: readonly [Local, Local]): void => {
    code.get(entry).memory('i32.load', offset).set(into[0])
    code
      .get(entry)
      .memory('i32.load', offset + entrySize)
      .set(into[1])
  }
  const joinX = (code: Code, destination: number, [low, high]: readonly [Local, Local]): void => {
    code.i32(destination).get(low).i32(addressMask).op('i32.and').get(high).i32(addressMask).op('i32.and').call(coordinates.join)
  }
  const joinY = (code: Code, destination: number, [low, high]: readonly [Local, Local]): void => {
    code.i32(destination)
    for (const address of [low, high]) code.get(address).i32(addressMask).op('i32.and').i32(elementSize).op('i32.add')
    code.call(coordinates.join)
    code
      .get(low)
      .get(high)
      .op('i32.or')
      .i32(1)
      .op('i32.and')
      .if(() => {
        code.i32(destination)
        code.get(low).i32(1).op('i32.and').get(high).i32(1).op('i32.and').i32(1).op('i32.shl').op('i32.or').call(coordinates.negateLanes)
      })
  }
  const splitPoint = (code: Code, [low, high]: readonly [Local, Local]): void => {
    code.i32(x3).get(low).get(high).call(coordinates.split)
    code.i32(y3)
    for (const address of [low, high]) code.get(address).i32(elementSize).op('i32.add')
    code.call(coordinates.split)
  }
  const copyPair = (code: Code, destination: () => void, source: () => void): void => {
    for (let offset = 0; offset < pairSize; offset += 16) {
      destination()
      source()
      code.memory('v128.load', offset).memory('v128.store', offset)
    }
  }
  /** x₃ = slope² − x₁ − x₂ and y₃ = slope · (x₁ − x₃) − y₁ */
  const finish = (code: Code, secondX: number): void => {
    code.i32(x3).i32(slope).call(coordinates.square)
    code.i32(x3).i32(x3).i32(x1).i32(secondX).call(coordinates.differenceOfThree)
    code.i32(y3).i32(x1).i32(x3).call(coordinates.subtract)
    code.i32(y3).i32(y3).i32(slope).call(coordinates.multiply)
    code.i32(y3).i32(y3).i32(y1).call(coordinates.difference)
  }

  /**
   * Both passes over a list. Scratch has, for each couple of entries, the denominator and the product of all before it. `prepare` leaves the
   * denominator where it is told, `conclude` takes its inverse from `inverse`.
   */
  const emitPasses = (
    code: Code,
    [list, count, scratch]: readonly [Local, Local, Local],
    entrySize: number,
    prepare: (entry: Local, denominator: Local) => void,
    onTotal: (total: Local) => void,
    conclude: (entry: Local) => void,
  ): void => {
    const [entry, place, end] = [code.local('i32'), code.local('i32'), code.local('i32')]
    const forward = (): void => {
      code
        .get(entry)
        .i32(entrySize * 2)
        .op('i32.add')
        .set(entry)
      code.get(place).i32(step).op('i32.add').set(place)
    }
    code.get(list).set(entry).get(scratch).set(place)
    code.get(list).get(count).i32(entrySize).op('i32.mul').op('i32.add').set(end)
    copyPair(
      code,
      () => code.get(place).i32(pairSize).op('i32.add'),
      () => code.i32(coordinates.one),
    )
    code.loop(again => {
      prepare(entry, place)
      code
        .get(place)
        .i32(step + pairSize)
        .op('i32.add')
      code.get(place).i32(pairSize).op('i32.add').get(place).call(coordinates.multiply)
      forward()
      code.get(entry).get(end).op('i32.lt_u').branchIf(again)
    })
    code.get(place).i32(pairSize).op('i32.add').set(place)
    onTotal(place)
    code.i32(rest).get(place).call(coordinates.invert)
    code.get(place).i32(pairSize).op('i32.sub').set(place)
    code.loop(again => {
      code
        .get(entry)
        .i32(entrySize * 2)
        .op('i32.sub')
        .set(entry)
      code.get(place).i32(step).op('i32.sub').set(place)
      code.i32(inverse).i32(rest).get(place).i32(pairSize).op('i32.add').call(coordinates.multiply)
      code.i32(rest).i32(rest).get(place).call(coordinates.multiply)
      conclude(entry)
      code.get(entry).get(list).op('i32.gt_u').branchIf(again)
    })
  }

  const add = module.function(
    `${name}.addBatch`,
    ['i32', 'i32', 'i32'],
    ['i32'],
    (code, parameters) => {
      const [first, second, result] = [0, 1, 2].map(() => code.locals('i32', 2)) as unknown as [
        [Local, Local],
        [Local, Local],
        [Local, Local],
      ]
      const equal = code.local('i32')
      emitPasses(
        code,
        parameters,
        12,
        (entry, denominator) => {
          loadAddresses(code, entry, 0, 12, first)
          loadAddresses(code, entry, 4, 12, second)
          joinX(code, x1, first)
          joinX(code, x2, second)
          code.get(denominator).i32(x2).i32(x1).call(coordinates.subtract)
        },
        total => {
          code.get(total).call(coordinates.zeroLanes).tee(equal)
          code.if(() => code.get(equal).op('return'))
        },
        entry => {
          loadAddresses(code, entry, 0, 12, first)
          loadAddresses(code, entry, 4, 12, second)
          loadAddresses(code, entry, 8, 12, result)
          joinX(code, x1, first)
          joinX(code, x2, second)
          joinY(code, y1, first)
          joinY(code, y2, second)
          code.i32(slope).i32(y2).i32(y1).call(coordinates.subtract)
          code.i32(slope).i32(slope).i32(inverse).call(coordinates.multiply)
          finish(code, x2)
          splitPoint(code, result)
        },
      )
      code.i32(0)
    },
    { exported: true },
  )

  const double = module.function(
    `${name}.doubleBatch`,
    ['i32', 'i32', 'i32'],
    [],
    (code, parameters) => {
      const [first, result] = [0, 1].map(() => code.locals('i32', 2)) as unknown as [[Local, Local], [Local, Local]]
      emitPasses(
        code,
        parameters,
        8,
        (entry, denominator) => {
          loadAddresses(code, entry, 0, 8, first)
          joinY(code, y1, first)
          code.get(denominator).i32(y1).i32(y1).call(coordinates.add)
        },
        () => {},
        entry => {
          loadAddresses(code, entry, 0, 8, first)
          loadAddresses(code, entry, 4, 8, result)
          joinX(code, x1, first)
          joinY(code, y1, first)
          code.i32(slope).i32(x1).call(coordinates.square)
          code.i32(x2).i32(slope).i32(slope).call(coordinates.add)
          code.i32(slope).i32(x2).i32(slope).call(coordinates.add)
          code.i32(slope).i32(slope).i32(inverse).call(coordinates.multiply)
          finish(code, x1)
          splitPoint(code, result)
        },
      )
    },
    { exported: true },
  )

  const compare = (code: Code, into: number, join: typeof joinX, [first, second]: readonly [Local, Local]): void => {
    join(code, into, [first, first])
    join(code, x3, [second, second])
    code.i32(x3).i32(x3).i32(into).call(coordinates.subtract)
    code.i32(x3).call(coordinates.zeroLanes)
  }
  const sameY = module.function(`${name}.sameY`, ['i32', 'i32'], ['i32'], (code, points) => compare(code, y1, joinY, points), {
    exported: true,
  })
  const sameX = module.function(`${name}.sameX`, ['i32', 'i32'], ['i32'], (code, points) => compare(code, x1, joinX, points), {
    exported: true,
  })
  module.function(
    `${name}.negatePoint`,
    ['i32', 'i32'],
    [],
    (code, [point, destination]) => {
      joinX(code, x3, [point, point])
      joinY(code, y3, [point, point])
      code.i32(y3).i32(3).call(coordinates.negateLanes)
      splitPoint(code, [destination, destination])
    },
    { exported: true },
  )
  const findEqual = module.function(
    `${name}.findEqual`,
    ['i32', 'i32', 'i32'],
    ['i32'],
    (code, [list, count, start]) => {
      const addresses: [Local, Local] = [code.local('i32'), code.local('i32')]
      const index = code.local('i32')
      code.get(start).set(index)
      code.block(exit => {
        code.loop(again => {
          code.get(index).get(count).op('i32.ge_u').branchIf(exit)
          addresses.forEach((address, position) => {
            code
              .get(list)
              .get(index)
              .i32(12)
              .op('i32.mul')
              .op('i32.add')
              .memory('i32.load', position * 4)
              .set(address)
          })
          compare(code, x1, joinX, addresses)
          code.branchIf(exit)
          code.get(index).i32(1).op('i32.add').set(index).branch(again)
        })
      })
      code.get(index)
    },
    { exported: true },
  )

  return { add, double, findEqual, sameX, sameY }
}
