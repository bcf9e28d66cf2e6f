import { setTimeout as sleep } from 'node:timers/promises'
import { lockHolder } from '@hufu/files'
import { nextValidators, openValidator, type RunningValidator, type RunStep, runValidator, validatorFolder } from '@hufu/network'
import type { Context } from '../command.ts'
import type { Texts } from '../language.ts'
import { askNodes, folderOf, passwordFrom, platform, type ValidatorOptions } from './validator-options.ts'

/** Runs the node until it is told to end (SIGTERM, Ctrl-C), or ends by itself. SIGHUP starts the node again with what is in the folder by then. */
export async function runNode(context: Context, options: ValidatorOptions): Promise<void> {
  const running = await start(context, options)
  await untilEnd(context, running)
}

async function start({ home, output }: Context, options: ValidatorOptions): Promise<RunningValidator> {
  const running = await runValidator(folderOf(home, options), {
    password: async () => passwordFrom(options),
    platform: platform(),
    onStep: step => {
      if (step.kind === 'catchingUp') output.progress(textsOf(step))
      else output.note(textsOf(step))
    },
  })
  output.note({ en: `The node runs in process ${running.pid()}.`, 'zh-CN': `节点运行于进程 ${running.pid()}。` })
  process.on('SIGHUP', () => {
    running.restart().catch((error: Error) => output.note({ en: error.message, 'zh-CN': error.message }))
  })
  return running
}

async function untilEnd({ signal, output }: Context, running: RunningValidator): Promise<void> {
  const told = new Promise<'told'>(resolve => {
    if (signal.aborted) resolve('told')
    signal.addEventListener('abort', () => resolve('told'), { once: true })
  })
  const first = await Promise.race([told, running.ended])
  if (first === 'told') await running.stop()
  else if (first !== undefined) throw first
  output.note({ en: 'Ended; the data is kept.', 'zh-CN': '已停止；数据已保留。' })
}

function textsOf(step: RunStep): Texts {
  switch (step.kind) {
    case 'catchingUp':
      return {
        en: `looks on: block ${step.height} of ${step.headHeight}`,
        'zh-CN': `同步中：区块 ${step.height} / ${step.headHeight}`,
      }
    case 'caughtUp':
      return {
        en: `has the blocks of the others; the state after block ${step.comparison.comparedAt} is that of ${step.comparison.agreeing.join(', ')}`,
        'zh-CN': `已追上其他节点；区块 ${step.comparison.comparedAt} 之后的状态与 ${step.comparison.agreeing.join('、')} 一致`,
      }
    case 'onDuty':
      return {
        en: `takes part from block ${step.height} on, as far as it is voted in`,
        'zh-CN': `自区块 ${step.height} 起参与共识（以表决结果为准）`,
      }
    case 'restarted':
      return { en: 'started again', 'zh-CN': '已重新启动' }
  }
}

const pollMs = 1_000

/** Runs the node, or watches the one that runs, until its key is voted in; then goes on running it. */
export async function join(context: Context, options: ValidatorOptions): Promise<void> {
  const folder = folderOf(context.home, options)
  const isElsewhere = lockHolder(validatorFolder(folder).lock) !== undefined
  const running = isElsewhere ? undefined : await start(context, options)
  const waiting = waitForVote(context, folder)
  if (running === undefined) return waiting
  await Promise.race([waiting, running.ended])
  await untilEnd(context, running)
}

async function waitForVote({ output, signal }: Context, folder: string): Promise<void> {
  let isTold = false
  while (!signal.aborted) {
    const { network, state, wallet } = await openValidator(folder)
    const voted = await nextValidators(network, askNodes, Date.now()).catch(() => new Set<string>())
    const isIn = wallet?.keys.some(key => voted.has(key.publicKey)) === true
    if (state.phase === 'onDuty' && isIn) {
      output.note({ en: 'Voted in: this validator signs blocks.', 'zh-CN': '已当选：本验证节点开始签署区块。' })
      return
    }
    if (state.phase === 'onDuty' && !isTold) {
      isTold = true
      output.note({
        en: 'Ready. It waits for the council: register the key (hufu validator register), then hufu council propose set-validator.',
        'zh-CN': '已就绪，等待理事会表决：先登记密钥（hufu validator register），再执行 hufu council propose set-validator。',
      })
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
  }
}
