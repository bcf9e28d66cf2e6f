// A network of four of which one runs out of disk, in a mount namespace of its own: `unshare --mount node run-with-full-disk.ts FOLDER`. Says as one line of JSON what came of it.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LedgerClient, RpcNode, singleAccount } from '@hufu/ledger'
import { createNetworkFolder, gasTransfer, LocalNetwork, networkDescriptor, noContracts, validatorsAccount } from '@hufu/network'
import { fixedSigner } from '@hufu/testkit'

const [folder = ''] = process.argv.slice(2)
const victim = 3
const diskBytes = 64 * 1024 * 1024
const leftBytes = 512 * 1024
const names = ['city-1', 'city-2', 'city-3', 'city-4']

const files = await createNetworkFolder(join(folder, 'network'), { name: 'test', magic: 20_260_102, validators: names })
const disk = files.nodes[victim]!.folder
cpSync(disk, `${disk}.copy`, { recursive: true })
execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', disk])
cpSync(`${disk}.copy`, disk, { recursive: true })

const nodes = await LocalNetwork.start(files)
const client = new LedgerClient({ network: networkDescriptor(files, noContracts), waitMs: 30_000 })
const ballast = join(disk, 'ballast')
const receiver = singleAccount(await fixedSigner('receiver')).scriptHash
const payer = validatorsAccount(files)
const acknowledged: { readonly transactionHash: string; readonly blockIndex: number }[] = []
let failed = 0

try {
  await write(20)
  const before = acknowledged.length
  writeFileSync(ballast, Buffer.alloc(statfsSync(disk).bavail * statfsSync(disk).bsize - leftBytes))
  const deadline = Date.now() + 120_000
  while (!isOut() && Date.now() < deadline) await write(40)
  const outAfter = acknowledged.length
  const wasOut = isOut()
  await write(40)
  const withoutIt = acknowledged.length - outAfter
  rmSync(ballast)
  // One that still runs has its old errors in memory: an operator who made room starts it again.
  await nodes.killNode(victim)
  nodes.startNode(victim)
  await nodes.ready()
  console.log(JSON.stringify({ before, outAfter, wasOut, withoutIt, failed, ...(await compare()) }))
} finally {
  client.close()
  await nodes.stop()
  execFileSync('umount', ['--lazy', disk])
}

/** The node is gone, or its disk is full and it is behind. */
function isOut(): boolean {
  return nodes.pids[victim] === null || statfsSync(disk).bavail === 0
}

async function write(count: number): Promise<void> {
  const writes = Array.from({ length: count }, async (_, index) => {
    const key = `write ${acknowledged.length} ${failed} ${index} ${Math.random()}`
    const { transactionHash, durable } = await client
      .submit([gasTransfer(payer.scriptHash, receiver, 1n)], { account: payer, idempotencyKey: key })
      .then(write => ({
        transactionHash: write.transactionHash,
        durable: () => write.durable(),
      }))
    const { blockIndex } = await durable()
    acknowledged.push({ transactionHash, blockIndex })
  })
  failed += (await Promise.allSettled(writes)).filter(({ status }) => status === 'rejected').length
  await sleep(50)
}

/** Every node by its own word: its writes, its newest block. */
async function compare(): Promise<{ readonly lost: number; readonly tips: number }> {
  const rpc = files.nodes.map(
    ({ ports }) => new RpcNode(`http://127.0.0.1:${ports.rpc}`, { fetch, timeoutMs: 5_000, maxAnswerBytes: 8 * 1024 * 1024 }),
  )
  const height = Math.min(...(await Promise.all(rpc.map(node => node.call('getblockcount', []) as Promise<number>)))) - 1
  const tips = await Promise.all(
    rpc.map(async node => JSON.stringify([await node.call('getblockhash', [height]), await node.call('getstateroot', [height])])),
  )
  let lost = 0
  for (const { transactionHash, blockIndex } of acknowledged)
    for (const node of rpc) if ((await node.call('gettransactionheight', [`0x${transactionHash}`])) !== blockIndex) lost++
  return { lost, tips: new Set(tips).size }
}
