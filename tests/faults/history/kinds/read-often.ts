import { setTimeout as sleep } from 'node:timers/promises'
import type { SeededRandom } from '@hufu/network'
import type { RecordedRead } from '../history.ts'
import type { HistoryWorld } from '../history-kind.ts'
import type { Recorder } from '../recorder.ts'

/** Three at a time, so that one waits for a node that hangs while another asks one that does not. */
const readers = 3
/** Few: while a long script runs on a node that catches up, more than one block arrives. */
const askedTogether = 8

/** Who only reads: as fast as answers come, several objects at one height, of a node that the seed chooses. @param choose - undefined where there is nothing yet */
export function readOften<Question>(
  world: HistoryWorld,
  name: string,
  recorder: Pick<Recorder<unknown, unknown, Question>, 'readTogether'>,
  choose: (random: SeededRandom) => { readonly object: string; readonly question: Question } | undefined,
): readonly Promise<void>[] {
  return Array.from({ length: readers }, async (_, reader) => {
    const random = world.random(`${name}, reader ${reader}`)
    while (!world.isOver()) {
      const asked = Array.from({ length: askedTogether }, () => choose(random)).filter(each => each !== undefined)
      const reads = asked.length === 0 ? undefined : await recorder.readTogether(random.below(world.lives.length), asked)
      if (reads === undefined) await sleep(10)
    }
  })
}

/** Asks one node for all of it, a few at once, until it answers: for when all faults are over. */
export async function readInTurn<Question>(
  recorder: Pick<Recorder<unknown, unknown, Question>, 'readTogether'>,
  node: number,
  asked: readonly { readonly object: string; readonly question: Question }[],
): Promise<readonly RecordedRead<Question>[]> {
  const reads: RecordedRead<Question>[] = []
  while (reads.length < asked.length) {
    const answered = await recorder.readTogether(node, asked.slice(reads.length, reads.length + askedTogether))
    if (answered === undefined) await sleep(100)
    else reads.push(...answered)
  }
  return reads
}
