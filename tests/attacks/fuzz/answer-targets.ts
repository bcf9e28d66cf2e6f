import { fetchIssuerMetadata, type IssuerMetadata, requestCredential, requestNonce, writeIssuerMetadata } from '@hufu/exchange'
import { type ContractCall, fetchPersistedHeight, LedgerClient, LightClient, parseScriptHash } from '@hufu/ledger'
import { type SeededRandom, seededRandom } from '@hufu/network'
import { bytesToHex, bytesToUtf8, equalBytes } from '@hufu/primitives'
import { CredentialTree, createNodeHasher, createScalarEngine, encodeBucket, treeReaderOverHttp, verifyBucket } from '@hufu/proofs'
import { type FuzzTarget, meaningOf } from './fuzz-target.ts'
import { type Lie, lyingAnswer, makeLie } from './lies.ts'
import { lightChain } from './light-chain.ts'

interface LyingNode {
  readonly lie: Lie | null
  /** What is asked of it. */
  readonly read: string
  /** Whether an honest node stands behind it. */
  readonly hasHonest?: boolean
}

/** Clients of nodes and servers that answer what they like. */
export async function answerTargets(): Promise<readonly FuzzTarget[]> {
  return [await lightClientTarget(), ledgerClientTarget(), metricsTarget(), await treeNodeTarget(), issuerTarget()]
}

/** A fetch that passes on what an honest one answers, but for the lie. */
function lyingFetch(honest: typeof globalThis.fetch, lie: Lie | null): typeof globalThis.fetch {
  let asked = 0
  return async (url, init) => {
    const response = await honest(url, init)
    const index = asked++
    if (lie === null || (lie.at !== -1 && lie.at !== index)) return response
    return lyingAnswer(await response.text(), seededRandom(`${lie.seed} ${index}`), Object.fromEntries(response.headers))
  }
}

/** JSON-RPC as an honest node speaks it. */
function rpcFetch(answer: (method: string, params: readonly unknown[]) => unknown): typeof globalThis.fetch {
  return async (_, init) => {
    const one = ({ id, method, params }: { id: number; method: string; params: readonly unknown[] }) => ({
      ...{ jsonrpc: '2.0', id },
      result: answer(method, params),
    })
    const calls = JSON.parse(String(init?.body))
    return new Response(JSON.stringify(Array.isArray(calls) ? calls.map(one) : one(calls)))
  }
}

async function lightClientTarget(): Promise<FuzzTarget> {
  const { chain, contract, key } = await lightChain()
  const honest = rpcFetch((method, params) =>
    method === 'findstates' ? { results: [{ key: 'AQID', value: '' }], truncated: false } : chain.answer(method, params),
  )
  const reads = ['newest', 'at 3', 'at 12', 'keys', 'bundle']
  const readBy = async (client: LightClient, read: string): Promise<boolean> => {
    if (read === 'keys')
      return (await client.storageKeys(contract, key.subarray(0, 1), { atBlockIndex: 12 })).every(each => each[0] === key[0])
    const atBlockIndex = read.startsWith('at ') ? Number(read.slice(3)) : undefined
    const options = atBlockIndex === undefined ? {} : { atBlockIndex }
    const entry =
      read === 'bundle' ? (await client.provenStorage(contract, key)).entry : await client.verifiedStorage(contract, key, options)
    const { value, blockIndex, stateRoot, headerHash, headerTimeMs } = entry
    const header = chain.headers[blockIndex + 1]
    return (
      bytesToUtf8(value) === `block ${blockIndex}` &&
      (atBlockIndex ?? blockIndex) === blockIndex &&
      [stateRoot, headerHash, headerTimeMs].join() === [header?.previousStateRoot, header?.hash, header?.timeMs].join()
    )
  }
  return {
    name: 'light client of a lying node',
    weight: 12,
    codes: ['ERR_LEDGER_'],
    sameIf: 'the entry is the one that the chain had after that block',
    originals: reads.map(read => ({ read, lie: null }) satisfies LyingNode),
    make: random => ({ read: random.pick(reads), lie: makeLie(random, 4), hasHonest: random.below(3) === 0 }) satisfies LyingNode,
    take: async input => {
      const { read, lie, hasHonest = false } = input as LyingNode
      const liar = lyingFetch(honest, lie)
      const client = new LightClient({
        network: { magic: chain.magic, validators: [] },
        trustAnchor: chain.anchor,
        nodeUrls: hasHonest ? ['http://liar', 'http://honest'] : ['http://liar'],
        fetch: (url, init) => (String(url).startsWith('http://liar') ? liar : honest)(url, init),
        clock: { nowMs: () => chain.nowMs },
      })
      if (!hasHonest) return readBy(client, read)
      // One honest node is enough.
      return readBy(client, read).catch(cause => {
        throw new Error('the honest node was not asked', { cause })
      })
    },
  }
}

/** What it says is a node's word; it must be of the form that callers rely on. */
function ledgerClientTarget(): FuzzTarget {
  const magic = 4_242
  const call: ContractCall = { contract: parseScriptHash('11'.repeat(20)), method: 'get', args: [] }
  const item = (value: unknown, type = 'ByteString') => ({ type, value })
  const stack = [
    item([item('7', 'Integer'), item('aHVmdQ=='), item([{ key: item('YQ=='), value: item(true, 'Boolean') }], 'Map')], 'Struct'),
  ]
  const honest = rpcFetch(method => {
    if (method === 'getversion') return { protocol: { network: magic } }
    if (method === 'getblockcount') return 20
    return { state: 'HALT', gasconsumed: '1000', exception: null, stack }
  })
  const reads = ['one', 'height', 'fee']
  return {
    name: 'ledger client of a lying node',
    weight: 12,
    codes: ['ERR_LEDGER_'],
    sameIf: 'it is of its form: a node’s word',
    originals: reads.map(read => ({ read, lie: null }) satisfies LyingNode),
    make: random => ({ read: random.pick(reads), lie: makeLie(random, 2) }) satisfies LyingNode,
    take: async input => {
      const { read, lie } = input as LyingNode
      const client = new LedgerClient({
        network: { magic, validators: [] },
        nodes: [{ rpcUrl: 'http://liar' }],
        fetch: lyingFetch(honest, lie),
        clock: { nowMs: () => 1_795_406_400_000 },
      })
      try {
        if (read === 'height') return Number.isSafeInteger(await client.getBlockCount())
        if (read === 'fee') return (await client.invokeReadMany([call])).length === 1
        return typeof (await client.invokeRead(call)).type === 'string'
      } finally {
        client.close()
      }
    },
  }
}

function metricsTarget(): FuzzTarget {
  const text = '# HELP neogo_persisted_height x\n# TYPE neogo_persisted_height gauge\nneogo_persisted_height 1.2345e+06\n'
  const fetchOf = (lie: Lie | null) => (lie === null ? async () => new Response(text) : async () => lyingText(text, seededRandom(lie.seed)))
  return {
    name: 'metrics of a lying node',
    weight: 4,
    codes: ['ERR_LEDGER_'],
    sameIf: 'it is a block index: a node’s word',
    originals: [null],
    make: random => makeLie(random, 1),
    take: async input => Number.isSafeInteger(await fetchPersistedHeight(fetchOf(input as Lie | null), 'http://liar/metrics', 1_000)),
  }
}

function lyingText(text: string, random: SeededRandom): Response {
  return lyingAnswer(JSON.stringify({ text }), random, { 'content-type': 'text/plain' })
}

/** Who gives wallets the way from their leaf to a root that the ledger vouches for. */
async function treeNodeTarget(): Promise<FuzzTarget> {
  const hasher = createNodeHasher(await createScalarEngine())
  const tree = new CredentialTree(hasher)
  for (let leaf = 1; leaf <= 5; leaf++) tree.append(new Uint8Array(32).fill(leaf))
  const bucket = encodeBucket(tree.bucketAt(0))
  const key = { issuer: parseScriptHash('06'.repeat(20)), typeId: 'urn:hufu:resident' }
  const root = { rootIndex: 1, size: 5, root: bytesToHex(tree.root), timeMs: 1_795_406_400_000, blockIndex: 7 }
  const rootsText = JSON.stringify({ issuer: 'x', credentialType: key.typeId, latest: root, roots: [root] })
  const honest: typeof globalThis.fetch = async url =>
    new Response(String(url).includes('/buckets/') ? new Uint8Array(bucket) : rootsText, {
      headers: { 'content-type': 'application/json' },
    })
  return {
    name: 'node of credential trees that lies',
    weight: 0.6,
    codes: ['ERR_PROOF_'],
    sameIf: 'the bucket is the one under the root; other answers are its word',
    originals: ['bucket', 'roots'].map(read => ({ read, lie: null })),
    make: random => ({ read: random.pick(['bucket', 'roots', 'roots']), lie: makeLie(random, 1) }),
    take: async input => {
      const { read, lie } = input as LyingNode
      const fetch: typeof globalThis.fetch = async (url, init) => {
        const response = await honest(url, init)
        if (lie === null) return response
        const random = seededRandom(lie.seed)
        if (read !== 'bucket') return lyingAnswer(await response.text(), random)
        return new Response(mutatedBucket(bucket, random))
      }
      const reader = treeReaderOverHttp({ url: 'https://node.example', network: 'test', fetch })
      if (read === 'roots') return (await reader.latestRoot(key)) !== undefined
      const found = (await reader.bucket(key, 0, 1))!
      verifyBucket(found, tree.root, hasher)
      return equalBytes(encodeBucket(found), bucket)
    },
  }
}

/** Bytes changed here and there: leaves stand in front, the way up behind. */
function mutatedBucket(bucket: Uint8Array, random: SeededRandom): Uint8Array<ArrayBuffer> {
  const changed = new Uint8Array(bucket)
  const at = random.below(2) === 0 ? random.below(Math.min(200, bucket.length)) : random.below(bucket.length)
  changed[at]! ^= 1 << random.below(8)
  return random.below(8) === 0 ? changed.slice(0, at) : changed
}

/** An issuer that answers a wallet. */
function issuerTarget(): FuzzTarget {
  const issuer = 'https://bureau.example/issuer'
  const metadata: IssuerMetadata = {
    issuer,
    authorizationServers: [`${issuer}/oidc`],
    credentialEndpoint: `${issuer}/credential`,
    nonceEndpoint: `${issuer}/nonce`,
    batchSize: 8,
    display: [{ name: '示例', locale: 'zh-CN' }],
    configurations: [
      {
        ...{ id: 'resident', format: 'dc+sd-jwt', credentialType: 'urn:hufu:resident', display: [] },
        claims: [{ path: ['name'], display: [{ name: 'Name', locale: 'en' }] }],
      },
    ],
  }
  const answers: Readonly<Record<string, unknown>> = {
    metadata: writeIssuerMetadata(metadata),
    nonce: { c_nonce: 'n-0S6_WzA2Mj' },
    credential: { credentials: [{ credential: 'a.b.c' }, { credential: 'd.e.f' }], notification_id: 'n' },
    deferred: { transaction_id: 't', interval: 5 },
  }
  const reads = Object.keys(answers)
  return {
    name: 'issuer that lies to a wallet',
    weight: 8,
    codes: ['ERR_EXCHANGE_'],
    sameIf: 'it is of its form, and its metadata are of the issuer that was asked',
    originals: reads.map(read => ({ read, lie: null }) satisfies LyingNode),
    make: random => ({ read: random.pick(reads), lie: makeLie(random, 1) }) satisfies LyingNode,
    take: async input => {
      const { read, lie } = input as LyingNode
      const honest: typeof globalThis.fetch = async () => Response.json(answers[read])
      const fetch = lyingFetch(honest, lie)
      if (read === 'metadata') {
        const found = await fetchIssuerMetadata(issuer, { fetch })
        return found.issuer === issuer && found.credentialEndpoint.startsWith('https://') && meaningOf(found).length > 0
      }
      if (read === 'nonce') return (await requestNonce(metadata, { fetch })) !== ''
      const options = { token: { accessToken: 't', dpopBound: false }, fetch, nowMs: 1_795_406_400_000 }
      const found = await requestCredential(metadata, { configurationId: 'resident', proofs: ['p'] }, options)
      return 'credentials' in found ? found.credentials.length > 0 : found.transactionId !== ''
    },
  }
}
