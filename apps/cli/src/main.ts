import { Command } from 'commander'
import { help } from './command.ts'
import { addCommands } from './commands.ts'

const program = new Command('hufu')
  .description(help({ en: 'Hufu 虎符: a digital-identity network on Neo N3', 'zh-CN': '虎符：基于 Neo N3 的数字身份网络' }))
  .option('--home <folder>', help({ en: 'where state is kept', 'zh-CN': '状态存放目录' }), '.hufu')
  .option(
    '--network <file>',
    help({
      en: 'description of the network (default: that of the local network in the home folder)',
      'zh-CN': '网络描述文件（默认：主目录中的本地网络）',
    }),
  )
  .option('--json', help({ en: 'results as JSON', 'zh-CN': '以 JSON 输出结果' }))
  .option('--lang <language>', help({ en: 'en or zh-CN (default: the environment)', 'zh-CN': 'en 或 zh-CN（默认：取自环境）' }))
  .version('0.1.0')

await addCommands(program, process.argv.slice(2))
await program.parseAsync()
