import { concatBytes } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'

/** `deflate` is zlib (RFC 1950, Token Status List); `gzip` is RFC 1952 (Bitstring Status List). */
export type CompressionFormat = 'deflate' | 'gzip'

/** Compresses bytes. */
export async function compress(bytes: Uint8Array<ArrayBuffer>, format: CompressionFormat): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream(format))).arrayBuffer())
}

/**
 * Decompresses bytes from outside and stops as soon as more than `maxLength` came out, so that a few bytes cannot become gigabytes.
 *
 * @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`: not of that format, cut short, bytes left over, or too long
 */
export async function decompress(
  bytes: Uint8Array<ArrayBuffer>,
  format: CompressionFormat,
  maxLength: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read().catch(cause => {
      throw new CredentialError('ERR_CREDENTIAL_STATUS_INVALID', `status list is not whole ${format} data`, { cause })
    })
    if (done) return concatBytes(...chunks)
    length += value.length
    if (length > maxLength) {
      await reader.cancel().catch(() => undefined)
      throw new CredentialError('ERR_CREDENTIAL_STATUS_INVALID', `status list is longer than ${maxLength} bytes`)
    }
    chunks.push(value)
  }
}
