import { endFounding } from '@hufu/council'
import type { Context } from '../command.ts'
import { localCommittee, openWritingSession } from '../session.ts'

/** Ends the founding of the local network, whose committee's keys are here. */
export async function endFoundingHere({ home, output }: Context): Promise<void> {
  const committee = await localCommittee(home)
  const session = await openWritingSession(home)
  try {
    const { blockIndex, transactionHash } = await (await endFounding(session, committee)).durable()
    output.result({ transaction: transactionHash, block: blockIndex }, [
      output.text({
        en: `The founding is over, durable in block ${blockIndex}.`,
        'zh-CN': `创建阶段已结束，已持久化于区块 ${blockIndex}。`,
      }),
    ])
  } finally {
    await session.close()
  }
}
