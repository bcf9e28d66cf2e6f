import { bytesToHex, sha256 } from '@hufu/primitives'
import { type CircuitFiles, type CircuitName, circuitNames } from '@hufu/proofs'
import { WalletError } from '../errors.ts'
import type { CircuitHashes, NetworkFile } from '../network/network-file.ts'

const cacheName = 'hufu-circuits'

/**
 * Gives circuits and proving keys: from the browser's cache, or from beside the wallet. Only files of the network file's hashes count, whoever gave them: a
 * proving key that was exchanged could make proofs that tell more than they should.
 *
 * @param baseUrl - of the wallet, with a slash at its end
 * @returns throws WalletError `ERR_WALLET_PROVER`: a file has another hash, or the network has no such circuit; `ERR_WALLET_OFFLINE`: it cannot be had
 */
export function circuitFilesOf(
  { circuits }: Pick<NetworkFile, 'circuits'>,
  {
    baseUrl,
    fetch,
    caches,
  }: { readonly baseUrl: string; readonly fetch: typeof globalThis.fetch; readonly caches: CacheStorage | undefined },
): (circuit: string) => Promise<CircuitFiles> {
  const fileOf = async (name: string, hash: string): Promise<Uint8Array> => {
    const url = `${baseUrl}circuits/${name}`
    const key = `${url}?sha256=${hash}`
    const cache = await caches?.open(cacheName).catch(() => undefined)
    const kept = await cache?.match(key)
    if (kept !== undefined) {
      const bytes = await bytesOf(kept)
      if (isOfHash(bytes, hash)) return bytes
      await cache?.delete(key)
    }
    const bytes = await download(fetch, url)
    if (!isOfHash(bytes, hash)) throw new WalletError('ERR_WALLET_PROVER', `circuits/${name}: expected the hash in network.json`)
    await cache?.put(key, new Response(new Uint8Array(bytes))).catch(() => undefined)
    return bytes
  }
  return async name => {
    const hashes: CircuitHashes | undefined = circuitNames.some(known => known === name) ? circuits[name as CircuitName] : undefined
    if (hashes === undefined) throw new WalletError('ERR_WALLET_PROVER', 'circuits: expected one that network.json has')
    const [circuit, provingKey] = await Promise.all([fileOf(`${name}.circuit`, hashes.circuit), fileOf(`${name}.key`, hashes.provingKey)])
    return { circuit, provingKey }
  }
}

async function download(fetch: typeof globalThis.fetch, url: string): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { credentials: 'omit' })
    if (response.ok) return await bytesOf(response)
  } catch (cause) {
    throw new WalletError('ERR_WALLET_OFFLINE', 'circuits: expected an answer', { cause })
  }
  throw new WalletError('ERR_WALLET_OFFLINE', 'circuits: expected a file')
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer())
}

function isOfHash(bytes: Uint8Array, hash: string): boolean {
  return bytesToHex(sha256(bytes)) === hash
}
