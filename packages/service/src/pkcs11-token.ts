import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSignatureValid, type PublicKey, parsePublicKey, type Signer } from '@hufu/keys'
import { concatBytes, randomBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { ServiceError } from './errors.ts'
import { FramedProcess } from './framed-process.ts'

export interface Pkcs11Options {
  /** File of the module that the token's maker gives, such as `/usr/lib/softhsm/libsofthsm2.so`. */
  readonly module: string
  /** Label of the token. */
  readonly token: string
  /** File with the user's PIN. */
  readonly pinFile: string
  /** The program of packages/service/native/pkcs11; by default where the set-up builds it. */
  readonly program?: string
}

const builtProgram = join(dirname(dirname(fileURLToPath(import.meta.url))), 'native', 'pkcs11', 'bin', 'token')
const kinds = { logIn: 1, findKey: 2, sign: 3, makePair: 4 } as const
const wrongPin = 2

/** By the program's codes. */
const refusals: Readonly<Record<number, string>> = {
  1: 'expected one P-256 key of this label, which cannot leave the token',
  2: 'PIN refused',
  3: 'the token did not do it',
}

/**
 * Keys in a PKCS#11 token, which sign there and never leave it. The module runs in a process of its own; should that end, it is started again, once for each
 * request. A PIN that was refused is not tried again, for a token counts and locks itself.
 */
export class Pkcs11Token {
  readonly #options: Pkcs11Options
  #process: Promise<FramedProcess> | undefined
  #refused: ServiceError | undefined

  private constructor(options: Pkcs11Options) {
    this.#options = options
  }

  /** Opens a token and logs in. @throws ServiceError `ERR_SERVICE_KEY`, `ERR_SERVICE_CONFIG`: the PIN's file cannot be read */
  static async open(options: Pkcs11Options): Promise<Pkcs11Token> {
    const token = new Pkcs11Token(options)
    await token.#running()
    return token
  }

  /** The signer over a pair of keys, by its label. Has it sign once, to see that it can. @throws ServiceError `ERR_SERVICE_KEY` */
  async signer(label: string): Promise<Signer> {
    const publicKey = publicKeyOfPoint(await this.#ask(kinds.findKey, [utf8ToBytes(label)]))
    const sign = async (message: Uint8Array) => new Uint8Array(await this.#ask(kinds.sign, [sha256(message), utf8ToBytes(label)]))
    const sample = concatBytes(utf8ToBytes('hufu key check'), randomBytes(32))
    if (!(await isSignatureValid(publicKey, sample, await sign(sample)))) throw failed('signatures are not by the public key of this label')
    return { publicKey, sign }
  }

  /** Makes a pair of keys in the token. @throws ServiceError `ERR_SERVICE_KEY`: there is one of this label, or it cannot */
  async makeKey(label: string): Promise<PublicKey> {
    return publicKeyOfPoint(await this.#ask(kinds.makePair, [utf8ToBytes(label)]))
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#refused ??= failed('closed')
    await (await this.#process?.catch(() => undefined))?.close()
  }

  async #ask(kind: number, parts: readonly Uint8Array[]): Promise<Uint8Array> {
    const process = await this.#running()
    return contentOf(await process.request(kind, parts).catch(() => this.#askAgain(kind, parts)))
  }

  /** Requests fail only where the process has ended. */
  async #askAgain(kind: number, parts: readonly Uint8Array[]): Promise<Uint8Array> {
    return (await this.#running()).request(kind, parts)
  }

  async #running(): Promise<FramedProcess> {
    if (this.#refused !== undefined) throw this.#refused
    const current = this.#process
    const before = await current?.catch(() => undefined)
    if (before !== undefined && !before.hasEnded) return before
    // Others that waited as well may have started it by now.
    if (this.#process === current) this.#process = this.#start()
    return this.#process!
  }

  async #start(): Promise<FramedProcess> {
    const { program = builtProgram, module, token, pinFile } = this.#options
    const pin = await readFile(pinFile, 'utf8').catch(cause => {
      throw new ServiceError('ERR_SERVICE_CONFIG', 'file of the PIN: cannot be read', { cause })
    })
    const process = new FramedProcess(program, [module, token], how => failed(`program of PKCS#11 ${how}`))
    const answer = await process.request(kinds.logIn, [utf8ToBytes(pin.trim())])
    if (answer[0] === wrongPin) this.#refused = failed(refusals[wrongPin]!)
    try {
      contentOf(answer)
    } catch (error) {
      await process.close()
      throw error
    }
    return process
  }
}

/** What stands after the code. */
function contentOf(answer: Uint8Array): Uint8Array {
  const code = answer[0] ?? 3
  if (code !== 0) throw failed(refusals[code] ?? refusals[3]!)
  return answer.subarray(1)
}

/** Of 65 bytes, as tokens have it, the 33 that stand for them. */
function publicKeyOfPoint(point: Uint8Array): PublicKey {
  return parsePublicKey('P-256', concatBytes(Uint8Array.of(2 + (point[64]! & 1)), point.subarray(1, 33)))
}

function failed(what: string): ServiceError {
  return new ServiceError('ERR_SERVICE_KEY', `token: ${what}`)
}
