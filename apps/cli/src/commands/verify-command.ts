import { openDidProof, parseDid, resolveDid } from '@hufu/did'
import { trustAnchorOf } from '@hufu/ledger'
import { msToDateTime, parseJson } from '@hufu/primitives'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import { readText } from '../read-json.ts'
import { readNetwork } from '../session.ts'
import { addVerifyOptions, verifyToken } from './credential-command.ts'

/** Adds `hufu verify`: whatever the file holds. */
export function addVerifyCommand(program: Command): void {
  addVerifyOptions(
    program
      .command('verify <file>')
      .description(help({ en: 'verify a credential, a presentation, or a proof of a DID', 'zh-CN': '验证凭证、出示或 DID 证明' })),
  )
    .option('--did <did>', help({ en: 'of which DID a proof must be', 'zh-CN': '证明所属的 DID' }))
    .action(action(verify))
}

async function verify(context: Context, file: string, options: Parameters<typeof verifyToken>[2] & { did?: string }): Promise<void> {
  const text = readText(file).trim()
  if (text.startsWith('{')) await verifyProof(context, text, options.did)
  else await verifyToken(context, text, options)
}

/** Offline: needs the network's description and nothing else. */
async function verifyProof({ home, output }: Context, text: string, did: string | undefined): Promise<void> {
  if (did === undefined) throw new CliError('ERR_CLI_USAGE', 'the file holds a proof: say of which DID it must be, with --did')
  const network = readNetwork(home)
  const { source, provenAtMs } = await openDidProof(parseJson(text), network, trustAnchorOf(network))
  const { document, state } = await resolveDid(source, parseDid(did))
  const provenAt = msToDateTime(provenAtMs)
  output.result({ verdict: 'accepted', did, version: state.version, blockIndex: state.blockIndex, provenAt, document }, [
    output.text({
      en: `ACCEPTED  version ${state.version}, latest at ${provenAt}, by the signatures of a quorum of the validators`,
      'zh-CN': `通过  版本 ${state.version}，截至 ${provenAt} 为最新，由法定数验证节点签名证明`,
    }),
    JSON.stringify(document, null, 2),
  ])
}
