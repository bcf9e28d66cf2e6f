import { Command } from 'commander'
import { help } from './command.ts'
import { addAuditCommand } from './commands/audit-command.ts'
import { addBatchCommand } from './commands/batch-command.ts'
import { addCeremonyCommand } from './commands/ceremony-command.ts'
import { addCouncilCommand } from './commands/council-command.ts'
import { addCredentialCommand } from './commands/credential-command.ts'
import { addDidCommand } from './commands/did-command.ts'
import { addDrillCommand } from './commands/drill-command.ts'
import { addGatewayCommand } from './commands/gateway-command.ts'
import { addIdentityCommand } from './commands/identity-command.ts'
import { addNetworkCommand } from './commands/network-command.ts'
import { addPilotCommand } from './commands/pilot-command.ts'
import { addProveCommands } from './commands/prove-command.ts'
import { addStaffCommand } from './commands/staff-command.ts'
import { addTrustCommand } from './commands/trust-command.ts'
import { addValidatorCommand } from './commands/validator-command.ts'
import { addVerifyCommand } from './commands/verify-command.ts'
import { addWatchdogCommand } from './commands/watchdog-command.ts'
import { addZkCommand } from './commands/zk-command.ts'

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

addPilotCommand(program)
addNetworkCommand(program)
addValidatorCommand(program)
addWatchdogCommand(program)
addIdentityCommand(program)
addDidCommand(program)
addTrustCommand(program)
addCouncilCommand(program)
addCredentialCommand(program)
addBatchCommand(program)
addVerifyCommand(program)
addZkCommand(program)
addProveCommands(program)
addCeremonyCommand(program)
addAuditCommand(program)
addStaffCommand(program)
addDrillCommand(program)
addGatewayCommand(program)

await program.parseAsync()
