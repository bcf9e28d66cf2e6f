import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSoftToken, isSoftHsmInstalled } from '@hufu/testkit'
import { describe, expect, test } from 'vitest'
import { newFolder, writeIdentity } from './fixture.ts'

const mainFile = fileURLToPath(new URL('./main.ts', import.meta.url))
const program = fileURLToPath(new URL('../../../packages/service/native/pkcs11/bin/token', import.meta.url))

function run(values: readonly string[], environment: NodeJS.ProcessEnv) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainFile, ...values], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  })
  return { status, out: stdout.trim(), err: stderr }
}

/** Issues a credential at a server of its own, and has it verified there; ends the server. @returns the answer's status, and how the server ended */
async function issueAndVerify(issuer: string, environment: NodeJS.ProcessEnv): Promise<readonly unknown[]> {
  const settings = { ISSUER_POLICY: 'any', PORT: '0', PUBLIC_URL: 'http://127.0.0.1:1', DATA_FOLDER: newFolder(), ...environment }
  const server = spawn(process.execPath, [mainFile], { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(server, 'close')
  let out = ''
  while (!out.includes('"address"')) out += String((await once(server.stdout, 'data'))[0])
  const address = /"address":"([^"]+)"/.exec(out)![1]!
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as { verifiableCredential?: object; verified?: boolean } }
  }
  const context = ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/undefined-terms/v2']
  const credential = { '@context': context, type: ['VerifiableCredential', 'fare'], issuer, credentialSubject: { fare: 5 } }
  const issued = await post('/credentials/issue', { credential })
  const verified = await post('/credentials/verify', { verifiableCredential: issued.body.verifiableCredential ?? {} })
  server.kill('SIGTERM')
  const [code] = await ended
  return [issued.status, verified.body.verified, code]
}

describe.runIf(isSoftHsmInstalled && existsSync(program))('a server', () => {
  test('issues with a key that is in a token and nowhere else, and ends well', async () => {
    const soft = createSoftToken('bureau')
    const settings = { PKCS11_MODULE: soft.module, PKCS11_TOKEN: soft.token, PKCS11_PIN_FILE: soft.pinFile }
    const made = run(['--new-token-key', 'signing'], settings)
    expect(made).toMatchObject({ status: 0, out: expect.stringMatching(/^zDn/) })
    const did = `did:key:${made.out}`
    const file = join(newFolder(), 'bureau.json')
    const keys = [{ id: `${did}#${made.out}`, algorithm: 'P-256', pkcs11: { label: 'signing' } }]
    writeFileSync(file, JSON.stringify({ version: 1, did, keys }))
    expect(await issueAndVerify(did, { ...settings, ISSUER_FILES: file })).toEqual([201, true, 0])
    expect(run(['--new-token-key', 'signing'], settings).status).toBe(1)
  })
})

test('a server issues with a key in a sealed file', async () => {
  const file = await writeIdentity(newFolder(), 'bureau', 'P-256', 9)
  const { did, keys } = JSON.parse(readFileSync(file, 'utf8'))
  const passphraseFile = join(newFolder(), 'passphrase')
  writeFileSync(passphraseFile, 'twelve long words and a horse\n')
  const settings = { KEY_PASSPHRASE_FILE: passphraseFile, ISSUER_FILES: file }
  expect(run(['--seal-identity', file], settings)).toMatchObject({ status: 0, out: 'sealed' })
  expect(readFileSync(file, 'utf8')).not.toContain(keys[0].secret)
  expect(run(['--seal-identity', file], settings).status).toBe(1)
  expect(await issueAndVerify(did, settings)).toEqual([201, true, 0])
})
