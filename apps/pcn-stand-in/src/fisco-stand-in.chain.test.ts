import { fiscoEndpoints, importMacSigner, importMacVerifier, PcnClient, postOverTls } from '@hufu/pcn'
import { randomBytes } from '@hufu/primitives'
import { createLog } from '@hufu/service'
import { startAnvil } from '@hufu/testkit'
import { createPublicClient, createWalletClient, type Hex, http, parseAbi, toEventSelector } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFiscoStandIn } from './create-fisco-stand-in.ts'
import { EvmNode } from './evm-node.ts'

// Stand-ins, both: ours for the gateway, anvil for FISCO BCOS. Real is the EVM alone. No FISCO BCOS was tried.
const anvil = await startAnvil({ hardfork: 'london' })
const header = { userCode: 'USER0001', appCode: 'app0001' }
const abi = parseAbi(['function set(uint256 value)', 'function get() view returns (uint256)', 'event Stored(uint256 value)'])
const stored = toEventSelector('Stored(uint256)')
const withCode = (code: string) => expect.objectContaining({ code })
const closing: (() => unknown)[] = [() => anvil.stop()]

/** A number that is kept, assembled by hand. */
const runtime = [
  '60003560e01c', // selector
  '806360fe47b114601d57', // set(uint256): to 0x1d
  '636d4ce63c14604f57', // get(): to 0x4f
  '600080fd', // revert
  `5b60043580600055600052${`7f${stored.slice(2)}`}60206000a100`, // 0x1d: store the argument at 0, log it
  '5b60005460005260206000f3', // 0x4f: return what is stored
].join('')
const creation = `0x605b600c600039605b6000f3${runtime}` as const

let client: PcnClient

beforeAll(async () => {
  const transport = http(anvil.url)
  const account = privateKeyToAccount(anvil.keys[0]!)
  const hash = await createWalletClient({ account, transport }).deployContract({ abi: [], bytecode: creation, chain: null })
  const { contractAddress } = await createPublicClient({ transport, pollingInterval: 50 }).waitForTransactionReceipt({ hash })
  const [dapp, gateway] = await Promise.all([importMacSigner('K1', randomBytes(32)), importMacSigner('K1', randomBytes(32))])
  const server = createFiscoStandIn({
    ...header,
    groupId: '135',
    client: importMacVerifier('K1', dapp.publicKey),
    gateway,
    node: new EvmNode(anvil.url, { Number: { address: contractAddress!, abi } }),
    log: createLog({ level: 'silent' }),
    tls: undefined,
  })
  const post = postOverTls({ gatewayUrl: await server.listen({ host: '127.0.0.1', port: 0 }) })
  closing.push(
    () => server.close(),
    () => post.close(),
  )
  client = new PcnClient({ ...header, signer: dapp, gateway: importMacVerifier('K1', gateway.publicKey), post })
  await client.call(fiscoEndpoints.registerUser, { userId: 'clerk' })
})

afterAll(async () => {
  for (const close of closing.toReversed()) await close()
})

const call = (funcName: string, funcParam: string, contractName = 'Number') =>
  client.call(fiscoEndpoints.callContract, { userId: 'clerk', contractName, funcName, funcParam })

test('a contract is called by a user whose key the gateway keeps, and read without a transaction', async () => {
  const before = await client.call(fiscoEndpoints.getBlockHeight, {})
  const written = await call('set', '["115792089237316195423570985008687907853269984665640564039457584007913129639935"]')
  expect(written).toMatchObject({ constant: false, status: '0x0', queryInfo: '' })
  expect(JSON.parse(written.logs)).toMatchObject([{ topics: [stored], data: `0x${'ff'.repeat(32)}` }])
  expect(await call('get', '[]')).toMatchObject({
    constant: true,
    txId: '',
    queryInfo: '["115792089237316195423570985008687907853269984665640564039457584007913129639935"]',
  })
  expect(Number((await client.call(fiscoEndpoints.getBlockHeight, {})).data)).toBe(Number(before.data) + 1)
  for (const refused of [call('set', '[]'), call('set', '["a"]'), call('other', '[]'), call('set', '[1]', 'Other'), call('set', 'x')])
    await expect(refused).rejects.toThrow(withCode('ERR_PCN_REFUSED'))
})

test('blocks, transactions and receipts are what the chain has', async () => {
  const { txId, blockHash, blockNumber } = await call('set', '[7]')
  const transaction = await client.call(fiscoEndpoints.getTransaction, { txHash: txId })
  expect(transaction).toMatchObject({ txId, blockHash, blockNumber, value: 0 })
  const receipt = await client.call(fiscoEndpoints.getReceipt, { txHash: txId })
  expect(receipt).toMatchObject({ txId, blockHash, blockNumber, contractAddress: '', gasUsed: transaction.gasUsed })
  for (const question of [
    { blockNumber: String(blockNumber), blockHash: '' },
    { blockNumber: '', blockHash },
  ])
    expect(await client.call(fiscoEndpoints.getBlockInfo, question)).toMatchObject({ blockHash, blockNumber, transactions: [transaction] })
  const count = (number: number) => client.call(fiscoEndpoints.getTransactionCountOfBlock, { blockNumber: String(number), blockHash: '' })
  expect([await count(blockNumber), await count(0)]).toEqual([{ data: '1' }, { data: '0' }])
  expect(await client.call(fiscoEndpoints.getTransactionCount, {})).toEqual({ data: String(blockNumber) })
  const none = `0x${'00'.repeat(32)}` as Hex
  await expect(client.call(fiscoEndpoints.getTransaction, { txHash: none })).rejects.toThrow(withCode('ERR_PCN_REFUSED'))
  expect(await client.readAppInfo()).toMatchObject({ appType: 'fisco-bcos', channelId: '135' })
})
