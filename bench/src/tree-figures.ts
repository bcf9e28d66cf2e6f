import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CredentialTree, createNodeHasher, createScalarEngine } from '@hufu/proofs'

// Run by hand: node bench/src/tree-figures.ts [leaves]. Time, memory and disk of one large credential tree.

const leafCount = Number(process.argv[2] ?? 1_000_000)
const batch = 2_000

const hasher = createNodeHasher(await createScalarEngine())
const tree = new CredentialTree(hasher)

report(`build ${leafCount} leaves in batches of ${batch}`, () => {
  for (let first = 0; first < leafCount; first += batch) tree.append(leavesFrom(first, batch))
})
console.log(`memory: ${mebibytes(process.memoryUsage().arrayBuffers)} in buffers, ${mebibytes(process.memoryUsage().rss)} resident`)
report('append 10,000 leaves', () => void tree.append(leavesFrom(leafCount, 10_000)))
report('overwrite 500 leaves all over the tree', () => {
  const indices = Array.from({ length: 500 }, (_, index) => Math.floor((index * leafCount) / 500))
  tree.setLeaves(indices, new Uint8Array(500 * 32))
})
report('10,000 paths', () => {
  for (let path = 0; path < 10_000; path++) tree.path((path * 7_919) % leafCount)
})
report('100 buckets', () => {
  for (let bucket = 0; bucket < 100; bucket++) tree.bucketAt(bucket % Math.ceil(leafCount / 4_096))
})
await writeAndLoad()

async function writeAndLoad(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hufu-tree-'))
  try {
    const file = join(folder, 'nodes')
    const writtenMs = performance.now()
    const handle = await open(file, 'w+')
    for (const piece of tree.nodePieces()) await handle.writeFile(piece)
    await handle.sync()
    console.log(`disk: ${mebibytes((await stat(file)).size)}, written in ${Math.round(performance.now() - writtenMs)} ms`)
    const loadedMs = performance.now()
    const nodes = new Uint8Array((await stat(file)).size)
    await handle.read(nodes, 0, nodes.length, 0)
    const loaded = new CredentialTree(hasher)
    let position = 0
    loaded.loadNodes(tree.size, count => {
      position += count
      return nodes.subarray(position - count, position)
    })
    console.log(`loaded in ${Math.round(performance.now() - loadedMs)} ms`)
    await handle.close()
  } finally {
    await rm(folder, { recursive: true })
  }
}

function leavesFrom(first: number, count: number): Uint8Array {
  const leaves = new DataView(new ArrayBuffer(count * 32))
  for (let index = 0; index < count; index++) {
    leaves.setFloat64(index * 32, Math.sqrt(first + index + 1))
    leaves.setUint32(index * 32 + 8, first + index)
  }
  return new Uint8Array(leaves.buffer)
}

function report(what: string, work: () => void): void {
  const startedMs = performance.now()
  work()
  console.log(`${what}: ${Math.round(performance.now() - startedMs)} ms`)
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
