import type { HistoryWorld } from '../history-kind.ts'
import type { Recorder } from '../recorder.ts'
import { readInTurn, readOften } from './read-often.ts'

type Reading = Pick<Recorder<unknown, unknown, number>, 'readTogether'>

/** {@link readOften}, of objects that have versions by number, 0 standing for the latest: mostly that one. */
export function readVersionsOften(
  world: HistoryWorld,
  name: string,
  recorder: Reading,
  objects: readonly string[],
): readonly Promise<void>[] {
  return readOften(world, name, recorder, random => ({
    object: random.pick(objects),
    question: random.below(3) === 0 ? 1 + random.below(9) : 0,
  }))
}

/** Asks one node for the latest version of each, which an answer begins with, and for all that is behind it in the history. */
export async function readAllVersions(recorder: Reading, node: number, objects: readonly string[]): Promise<void> {
  const latest = await readInTurn(
    recorder,
    node,
    objects.map(object => ({ object, question: 0 })),
  )
  const past = latest.flatMap(({ object, answer }) =>
    Array.from({ length: Number.parseInt(answer, 10) || 0 }, (_, index) => ({ object, question: index + 1 })),
  )
  await readInTurn(recorder, node, past)
}
