import { addressOfScriptHash } from '@hufu/ledger'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { createIdentity, listIdentities, loadIdentity } from '../identity.ts'
import { identityDocument } from '../identity-document.ts'
import { readNetwork } from '../session.ts'

/** Adds `hufu identity`. */
export function addIdentityCommand(program: Command): void {
  const identity = program
    .command('identity')
    .description(help({ en: 'institutions whose keys lie on this machine', 'zh-CN': '密钥存于本机的机构身份' }))
  identity
    .command('new <name>')
    .description(
      help({ en: 'make keys for an institution; hufu did create registers it', 'zh-CN': '为机构生成密钥；hufu did create 进行登记' }),
    )
    .action(action(create))
  identity
    .command('list')
    .description(help({ en: 'the identities here', 'zh-CN': '列出本机身份' }))
    .action(action(list))
  identity
    .command('show <name>')
    .description(help({ en: 'DID, account and public keys', 'zh-CN': '显示 DID、账户与公钥' }))
    .action(action(show))
}

async function create(context: Context, name: string): Promise<void> {
  await createIdentity(context.home.identitiesFolder, name, readNetwork(context.home).name)
  await show(context, name)
}

async function list({ home, output }: Context): Promise<void> {
  const identities = await Promise.all(listIdentities(home.identitiesFolder).map(name => loadIdentity(home.identitiesFolder, name)))
  const value = identities.map(({ name, did }) => ({ name, did }))
  output.result(
    value,
    value.length === 0
      ? [output.text({ en: 'None. hufu identity new NAME makes one.', 'zh-CN': '暂无。hufu identity new NAME 可新建。' })]
      : value.map(({ name, did }) => `${name.padEnd(24)} ${did}`),
  )
}

async function show({ home, output }: Context, name: string): Promise<void> {
  const identity = await loadIdentity(home.identitiesFolder, name)
  const account = addressOfScriptHash(identity.account.scriptHash)
  const document = identityDocument(identity)
  output.result({ name, did: identity.did, account, document }, [
    `${identity.did}`,
    ...identity.keys.map(key => `  ${key.id.slice(identity.did.length)} ${key.signer.publicKey.algorithm}`),
  ])
}
