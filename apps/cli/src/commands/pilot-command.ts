import type { Command } from 'commander'
import { action, help } from '../command.ts'
import { integer } from '../option-values.ts'
import { type PilotOptions, runPilot } from '../pilot/run-pilot.ts'
import { defaultBasePort } from './network-command.ts'

const defaultBureauPort = 20_480

/** Adds `hufu pilot`, which `npm start` runs. */
export function addPilotCommand(program: Command): void {
  program
    .command('pilot')
    .description(
      help({
        en: 'the whole pilot: network, registry, servers, a guided run; stays up until Ctrl-C',
        'zh-CN': '完整试点：网络、登记、服务器与演示；运行至 Ctrl-C',
      }),
    )
    .option(
      '--base-port <port>',
      help({
        en: "first of the validators' ports, three each (when the network is made)",
        'zh-CN': '验证节点起始端口，每节点三个（创建时）',
      }),
      integer(1024, 65_000),
      defaultBasePort,
    )
    .option(
      '--bureau-port <port>',
      help({
        en: "port of the bureau's server; the other servers have the seven after it",
        'zh-CN': '机构局服务器端口，其余服务器依次使用其后七个端口',
      }),
      integer(1024, 65_528),
      defaultBureauPort,
    )
    .option('--no-stay', help({ en: 'end once the guided run is done', 'zh-CN': '演示完成后即结束' }))
    .option(
      '--no-guide',
      help({ en: 'without the guided run: only the network and the servers', 'zh-CN': '不作演示，只启动网络与各服务器' }),
    )
    .option(
      '--no-chains',
      help({
        en: "without other chains in the guided run: a hospital group's channel (Fabric) and an EVM chain",
        'zh-CN': '演示中不启动其他链（医院集团的 Fabric 通道与 EVM 链）',
      }),
    )
    .action(action((context, options: PilotOptions) => runPilot(context, options)))
}
