const initialState = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e] as const
const blockSize = 64
const lengthSize = 8

/**
 * SM3, the Chinese hash of 256 bits, synchronous. It is not among WebCrypto's, and no library of ours has it.
 *
 * @see GM/T 0004-2012 (GB/T 32905-2016)
 */
export function sm3(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = pad(bytes)
  const view = new DataView(padded.buffer)
  const state = Int32Array.from(initialState)
  const words = new Int32Array(68)
  for (let offset = 0; offset < padded.length; offset += blockSize) compress(state, expand(words, view, offset))
  const digest = new DataView(new ArrayBuffer(32))
  state.forEach((word, index) => {
    digest.setInt32(4 * index, word)
  })
  return new Uint8Array(digest.buffer)
}

/** §5.2: a bit 1, zeros, and the length in bits as 64 bits. */
function pad(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = Math.ceil((bytes.length + 1 + lengthSize) / blockSize) * blockSize
  const padded = new Uint8Array(size)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  new DataView(padded.buffer).setBigUint64(size - lengthSize, BigInt(bytes.length) * 8n)
  return padded
}

/** §5.3.2: 68 words of a block; the other 64 are sums of two of them. */
function expand(words: Int32Array, view: DataView, offset: number): Int32Array {
  for (let index = 0; index < 16; index++) words[index] = view.getInt32(offset + 4 * index)
  for (let index = 16; index < 68; index++) {
    const mixed = words[index - 16]! ^ words[index - 9]! ^ rotate(words[index - 3]!, 15)
    words[index] = mixed ^ rotate(mixed, 15) ^ rotate(mixed, 23) ^ rotate(words[index - 13]!, 7) ^ words[index - 6]!
  }
  return words
}

/** §5.3.3. All sums are modulo 2³². */
function compress(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let round = 0; round < 64; round++) {
    const early = round < 16
    const turned = rotate(a, 12)
    const sum1 = rotate((turned + e + rotate(early ? 0x79cc4519 : 0x7a879d8a, round % 32)) | 0, 7)
    const sum2 = sum1 ^ turned
    const majority = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)
    const choice = early ? e ^ f ^ g : (e & f) | (~e & g)
    const next1 = (majority + d + sum2 + (words[round]! ^ words[round + 4]!)) | 0
    const next2 = (choice + h + sum1 + words[round]!) | 0
    d = c
    c = rotate(b, 9)
    b = a
    a = next1
    h = g
    g = rotate(f, 19)
    f = e
    e = next2 ^ rotate(next2, 9) ^ rotate(next2, 17)
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index]! ^= word
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
