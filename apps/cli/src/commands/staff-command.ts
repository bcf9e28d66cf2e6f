import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { writeFileWhole } from '@hufu/files'
import { msToDateTime, parseJson } from '@hufu/primitives'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'

const roles = ['clerk', 'officer', 'administrator', 'auditor']
const consoleRoles = ['operator', 'member', 'auditor', 'administrator']
const lifetimeMs = 86_400_000

interface InviteOptions {
  readonly name: string
  readonly role: readonly string[]
  readonly url: string
  readonly file: string
  readonly console?: boolean
}

interface InvitationFile {
  readonly version: 1
  readonly invitations: readonly { readonly expiresAtMs: number }[]
}

/** Adds `hufu staff`: how the first administrator of an institution's server comes in. */
export function addStaffCommand(program: Command): void {
  const staff = program.command('staff').description(help({ en: "people of an institution's server", 'zh-CN': '机构服务器的工作人员' }))
  staff
    .command('invite')
    .description(
      help({
        en: 'make an invitation for the first administrator; the server reads it from STAFF_BOOTSTRAP_FILE when it starts',
        'zh-CN': '为首位管理员生成邀请；服务器启动时从 STAFF_BOOTSTRAP_FILE 读取',
      }),
    )
    .requiredOption('--name <name>', help({ en: 'name of the person', 'zh-CN': '人员姓名' }))
    .option(
      '--role <role...>',
      help({
        en: `some of ${roles.join(', ')}; at a console, of ${consoleRoles.join(', ')}`,
        'zh-CN': `角色：${roles.join('、')}；控制台：${consoleRoles.join('、')}`,
      }),
      ['administrator'],
    )
    .option('--console', help({ en: 'it is a console, not an institution', 'zh-CN': '目标为控制台而非机构' }))
    .requiredOption('--url <url>', help({ en: 'address of the server', 'zh-CN': '服务器地址' }))
    .requiredOption(
      '--file <file>',
      help({ en: 'file to add it to; it gets only the hash of the code', 'zh-CN': '写入的文件，仅含代码的哈希' }),
    )
    .action(action(invite))
}

async function invite({ output }: Context, { name, role, url, file, console: isConsole = false }: InviteOptions): Promise<void> {
  const known = isConsole ? consoleRoles : roles
  if (!role.every(each => known.includes(each))) throw new CliError('ERR_CLI_USAGE', `--role: expected some of ${known.join(', ')}`)
  if (!URL.canParse(url)) throw new CliError('ERR_CLI_USAGE', '--url: expected the address of the server')
  const code = randomBytes(32).toString('base64url')
  const expiresAtMs = Date.now() + lifetimeMs
  const codeHash = createHash('sha256').update(code).digest('base64url')
  const invitation = { personId: randomUUID(), name, roles: role, codeHash, expiresAtMs }
  const invitations = [...readInvitations(file).filter(each => each.expiresAtMs > Date.now()), invitation]
  await writeFileWhole(file, `${JSON.stringify({ version: 1, invitations }, null, 2)}\n`)
  const link = `${url.replace(/\/+$/, '')}${isConsole ? '' : '/staff'}/#/invitation/${code}`
  output.result({ link, expiresAt: msToDateTime(expiresAtMs), file }, [
    link,
    output.text({
      en: `Once, until ${msToDateTime(expiresAtMs)}, after the server has started with STAFF_BOOTSTRAP_FILE=${file}. Hand it to that person alone.`,
      'zh-CN': `仅可使用一次，有效至 ${msToDateTime(expiresAtMs)}；请先以 STAFF_BOOTSTRAP_FILE=${file} 启动服务器，并只交给本人。`,
    }),
  ])
}

function readInvitations(file: string): InvitationFile['invitations'] {
  if (!existsSync(file)) return []
  const { version, invitations } = parseJson(readFileSync(file, 'utf8')) as unknown as InvitationFile
  if (version !== 1 || !Array.isArray(invitations))
    throw new CliError('ERR_CLI_FILE', '--file: expected a file of such invitations, or none yet')
  return invitations
}
