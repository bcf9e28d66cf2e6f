import {
  deserializeStackItem,
  parseHeader,
  parseNetworkDescriptor,
  parseScriptHash,
  parseStackItem,
  readCallScript,
  readTransaction,
  serializeStackItem,
  transactionId,
  verifyHeader,
  verifyProofBundle,
  verifyStorageProof,
} from '@hufu/ledger'
import { bytesToBase64, bytesToHex, canonicalJson, hexToBytes, parseJson, utf8ToBytes } from '@hufu/primitives'
import headerVectors from '../../../packages/ledger/vectors/neo-go-headers.json' with { type: 'json' }
import stackItemVectors from '../../../packages/ledger/vectors/neo-go-stack-items.json' with { type: 'json' }
import proofVectors from '../../../packages/ledger/vectors/neo-go-storage-proofs.json' with { type: 'json' }
import transactionVectors from '../../../packages/ledger/vectors/neo-go-transactions.json' with { type: 'json' }
import { type FuzzTarget, meaningOf } from './fuzz-target.ts'
import { lightChain } from './light-chain.ts'
import { mutateBytes, mutateJson, mutateText } from './mutate.ts'

const headersOf = () => headerVectors.headers.map(({ bytes, signers }) => ({ bytes: hexToBytes(bytes), signers, original: bytes }))

/** Bytes and texts that claim to be the ledger's. */
export async function ledgerTargets(): Promise<readonly FuzzTarget[]> {
  return [
    {
      name: 'JSON text',
      weight: 10,
      codes: ['ERR_ENCODING_JSON'],
      sameIf: 'it is what the platform reads',
      originals: ['{"a":[1,2.5e3,"\\u00e9",null,{"b":true}],"c":"示例","d":-0.1}'],
      make: random => mutateText('{"a":[1,2.5e3,"\\u00e9",null,{"b":true}],"c":"示例","d":-0.1}', random),
      take: input => canonicalJson(parseJson(input as string) as never) === canonicalJson(JSON.parse(input as string) as never),
    },
    {
      name: 'header of Neo',
      weight: 10,
      codes: ['ERR_LEDGER_'],
      sameIf: 'it is the same header; another witness may be as good',
      originals: headersOf(),
      make: random => {
        const { bytes, ...rest } = random.pick(headersOf())
        return { ...rest, bytes: mutateBytes(bytes, random) }
      },
      take: async input => {
        const { bytes, signers, original } = input as { bytes: Uint8Array; signers: string; original: string }
        const header = await verifyHeader(parseHeader(bytes), { magic: headerVectors.magic, nextConsensus: parseScriptHash(signers) })
        return header.hash === parseHeader(hexToBytes(original)).hash
      },
    },
    {
      name: 'storage proof',
      weight: 30,
      codes: ['ERR_LEDGER_'],
      sameIf: 'the value is the one under this key and root',
      originals: proofVectors.proofs.map(vector => ({ ...vector, proof: hexToBytes(vector.proof) })),
      make: random => {
        const vector = random.pick(proofVectors.proofs)
        const foreign = random.pick(proofVectors.proofs)
        const [root, key] = random.below(8) === 0 ? [foreign.root, foreign.key] : [vector.root, vector.key]
        return { ...vector, root, key, proof: mutateBytes(hexToBytes(vector.proof), random) }
      },
      take: input => {
        const { root, contractId, key, proof } = input as { root: string; contractId: number; key: string; proof: Uint8Array }
        const value = bytesToHex(verifyStorageProof(root, contractId, hexToBytes(key), proof))
        return proofVectors.proofs.some(each => each.root === root && each.key === key && each.value === value)
      },
    },
    {
      name: 'stack item in bytes',
      weight: 10,
      codes: ['ERR_LEDGER_'],
      sameIf: 'what is read is read again from what is written: integers and booleans have more than one spelling',
      originals: stackItemVectors.items.map(({ bytes }) => hexToBytes(bytes)),
      make: random => mutateBytes(hexToBytes(random.pick(stackItemVectors.items).bytes), random),
      take: input => {
        const item = deserializeStackItem(input as Uint8Array)
        return meaningOf(deserializeStackItem(serializeStackItem(item))) === meaningOf(item)
      },
    },
    {
      name: 'stack item of an RPC answer',
      weight: 10,
      codes: ['ERR_LEDGER_'],
      sameIf: 'it is a stack item: a node’s word',
      originals: stackItemVectors.items.map(({ json }) => json),
      make: random => mutateJson(random.pick(stackItemVectors.items).json, random),
      take: input => typeof parseStackItem(input).type === 'string',
    },
    transactionTarget(),
    descriptorTarget(),
    await proofBundleTarget(),
  ]
}

/** What a member of the council is asked to sign. */
function transactionTarget(): FuzzTarget {
  const originals = transactionVectors.transactions.map(({ unsigned }) => hexToBytes(unsigned))
  return {
    name: 'transaction to be signed, and the calls in it',
    weight: 10,
    codes: ['ERR_LEDGER_'],
    sameIf: 'it is of the form: what was read is what is signed, and shown before',
    originals,
    make: random => mutateBytes(random.pick(originals), random),
    take: input => {
      const transaction = readTransaction(input as Uint8Array)
      if (transaction.script.length > 0) callsOf(transaction.script)
      return transactionId(input as Uint8Array).length === 64
    },
  }
}

function callsOf(script: Uint8Array): void {
  try {
    readCallScript(script)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_LEDGER_TRANSACTION') throw error
  }
}

function descriptorTarget(): FuzzTarget {
  const contract = (id: number) => ({ hash: String(id).repeat(40), id })
  const validator = (name: string, publicKey: string) => ({
    ...{ name, publicKey, rpcUrl: 'https://one.example/rpc' },
    ...{ wsUrl: 'wss://one.example/ws', metricsUrl: 'https://one.example/metrics' },
  })
  const descriptor = {
    name: 'pilot',
    magic: 4242,
    epochMs: 60_000,
    validators: [
      validator('one', '0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6'),
      validator('two', '036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'),
    ],
    contracts: Object.fromEntries(
      ['council', 'identifiers', 'trust', 'status', 'proofs'].map((name, index) => [name, contract(index + 1)]),
    ),
  }
  const text = JSON.stringify(descriptor)
  return {
    name: 'network descriptor',
    weight: 6,
    codes: ['ERR_LEDGER_'],
    sameIf: 'all that is read stands in it',
    originals: [text],
    make: random => (random.below(3) === 0 ? mutateText(text, random) : JSON.stringify(mutateJson(descriptor, random))),
    take: input => {
      const { magic, validators, name } = parseNetworkDescriptor(input as string)
      const written = JSON.parse(input as string) as typeof descriptor
      return (
        name === written.name &&
        magic === written.magic &&
        meaningOf(validators.map(each => each.publicKey)) === meaningOf(written.validators.map(each => each.publicKey))
      )
    },
  }
}

/** What one gateway shows another. */
async function proofBundleTarget(): Promise<FuzzTarget> {
  const { chain, contract, key, stateOf } = await lightChain()
  const bundles = [3, 9, 15].map(blockIndex => ({
    version: 1,
    magic: chain.magic,
    contractId: contract.id,
    key: bytesToBase64(key),
    headers: [...chain.changesBefore(blockIndex + 1), chain.headers[blockIndex + 1]!].map(header => bytesToBase64(header.bytes)),
    proof: bytesToBase64(stateOf(blockIndex).proof),
  }))
  return {
    name: 'proof bundle',
    weight: 10,
    codes: ['ERR_LEDGER_'],
    sameIf: 'the value is the one that the chain had after that block',
    originals: bundles,
    make: random => {
      const bundle = random.pick(bundles)
      const at = random.below(bundle.headers.length)
      switch (random.below(4)) {
        case 0:
          return { ...bundle, proof: mutateBase64(bundle.proof) }
        case 1:
          return { ...bundle, headers: bundle.headers.with(at, mutateBase64(bundle.headers[at]!)) }
        default:
          return mutateJson(bundle, random)
      }
      function mutateBase64(text: string): string {
        return bytesToBase64(mutateBytes(Uint8Array.from(Buffer.from(text, 'base64')), random))
      }
    },
    take: async input => {
      const { value, blockIndex, contractId } = await verifyProofBundle(input, chain.anchor)
      return contractId === contract.id && bytesToHex(value) === bytesToHex(utf8ToBytes(`block ${blockIndex}`))
    },
  }
}
