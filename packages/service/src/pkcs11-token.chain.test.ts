import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSignatureValid } from '@hufu/keys'
import { bytesToBase64url, utf8ToBytes } from '@hufu/primitives'
import { createSoftToken, isSoftHsmInstalled, type SoftToken } from '@hufu/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { Pkcs11Token } from './pkcs11-token.ts'

const isBuilt = existsSync(join(dirname(fileURLToPath(import.meta.url)), '..', 'native', 'pkcs11', 'bin', 'token'))
const keyError = (what: string) => expect.objectContaining({ code: 'ERR_SERVICE_KEY', message: expect.stringContaining(what) })

describe.runIf(isSoftHsmInstalled && isBuilt)('a PKCS#11 token', () => {
  let soft: SoftToken
  beforeAll(() => {
    soft = createSoftToken('bureau')
  })

  test('signs with keys that it made, many at once, also after its process was ended', async () => {
    const token = await Pkcs11Token.open(soft)
    const publicKey = await token.makeKey('signing')
    const signer = await token.signer('signing')
    expect(bytesToBase64url(signer.publicKey.bytes)).toBe(bytesToBase64url(publicKey.bytes))
    const other = await token.makeKey('other').then(() => token.signer('other'))
    const messages = Array.from({ length: 100 }, (_, n) => utf8ToBytes(`message ${n}`))
    const signatures = await Promise.all(messages.map(message => signer.sign(message)))
    for (const [n, message] of messages.entries()) {
      expect(await isSignatureValid(publicKey, message, signatures[n]!)).toBe(true)
      expect(await isSignatureValid(publicKey, messages[(n + 1) % 100]!, signatures[n]!)).toBe(false)
    }
    expect(await isSignatureValid(publicKey, messages[0]!, await other.sign(messages[0]!))).toBe(false)
    for (const pid of childrenOf(process.pid)) process.kill(pid, 'SIGKILL')
    const afterwards = await Promise.all(messages.map(message => signer.sign(message)))
    for (const [n, message] of messages.entries()) expect(await isSignatureValid(publicKey, message, afterwards[n]!)).toBe(true)
    expect(childrenOf(process.pid)).toHaveLength(1)
    await token.close()
    await expect(signer.sign(messages[0]!)).rejects.toEqual(keyError('closed'))
    const again = await Pkcs11Token.open(soft)
    expect((await again.signer('signing')).publicKey).toBe(publicKey)
    await expect(again.makeKey('signing')).rejects.toEqual(keyError('did not'))
    await expect(again.signer('nobody')).rejects.toEqual(keyError('expected one P-256 key'))
    await again.close()
  })

  test('a key of another curve is refused, and a label that two keys have', async () => {
    const folder = dirname(soft.pinFile)
    const put = (curve: string, label: string, id: string) => {
      const file = join(folder, id)
      const values = ['genpkey', '-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`, '-out', file]
      execFileSync('openssl', values, { stdio: 'ignore' })
      const target = ['--token', soft.token, '--label', label, '--id', id, '--pin', soft.pin]
      execFileSync('softhsm2-util', ['--import', file, ...target], { stdio: 'ignore' })
    }
    put('secp384r1', 'larger', 'a1')
    put('prime256v1', 'twice', 'a2')
    const token = await Pkcs11Token.open(soft)
    await token.signer('twice')
    put('prime256v1', 'twice', 'a3')
    const later = await Pkcs11Token.open(soft)
    for (const label of ['larger', 'twice']) await expect(later.signer(label)).rejects.toEqual(keyError('expected one P-256 key'))
    await token.close()
    await later.close()
  })

  test('a PIN that was refused is not tried again, and another token or module is not there', async () => {
    const pinFile = join(dirname(soft.pinFile), 'other-pin')
    writeFileSync(pinFile, '000000')
    await expect(Pkcs11Token.open({ ...soft, pinFile })).rejects.toEqual(keyError('PIN refused'))
    writeFileSync(pinFile, soft.pin)
    const token = await Pkcs11Token.open({ ...soft, pinFile })
    const signer = await token.makeKey('third').then(() => token.signer('third'))
    writeFileSync(pinFile, '000000')
    for (const pid of childrenOf(process.pid)) process.kill(pid, 'SIGKILL')
    await expect(signer.sign(utf8ToBytes('a'))).rejects.toEqual(keyError('PIN refused'))
    writeFileSync(pinFile, soft.pin)
    await expect(signer.sign(utf8ToBytes('a'))).rejects.toEqual(keyError('PIN refused'))
    expect(childrenOf(process.pid)).toEqual([])
    await token.close()
    await expect(Pkcs11Token.open({ ...soft, token: 'bank' })).rejects.toEqual(keyError('ended'))
    await expect(Pkcs11Token.open({ ...soft, module: '/nowhere.so' })).rejects.toEqual(keyError('ended'))
    await expect(Pkcs11Token.open({ ...soft, program: '/nowhere' })).rejects.toEqual(keyError('could not be started'))
    await expect(Pkcs11Token.open({ ...soft, pinFile: '/nowhere' })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }),
    )
  })
})

function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(
      name => existsSync(`/proc/${name}/stat`) && readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid),
    )
    .filter(name => readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('pkcs11'))
    .map(Number)
}
