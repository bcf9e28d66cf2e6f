import { parseJson } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { appInfoEndpoint } from './endpoints/app-info.ts'
import type { AnswerOf, Endpoint, RequestOf } from './endpoints/endpoint.ts'
import { fabricEndpoints } from './endpoints/fabric-endpoints.ts'
import { fiscoEndpoints } from './endpoints/fisco-endpoints.ts'
import { openAnswer, sealAnswer, sealRefusal, unsealedAnswer } from './envelope/answer-envelope.ts'
import { openRequest, sealRequest } from './envelope/request-envelope.ts'
import type { MacAlgorithm } from './mac/mac-algorithm.ts'
import { importMacSigner } from './mac/mac-signer.ts'
import { importMacVerifier } from './mac/mac-verifier.ts'
import { newNonce, PcnClient } from './pcn-client.ts'

const header = { userCode: 'USER0001', appCode: 'app0001' }
const secretOf = (byte: number) => new Uint8Array(32).fill(byte)
const withCode = (code: string) => expect.objectContaining({ code })
const [first, second] = ['a1'.repeat(32), 'b2'.repeat(32)]

type Answer = (request: string, path: string) => Promise<string>

async function parties(algorithm: MacAlgorithm = 'R1') {
  const [dapp, gateway, stranger] = await Promise.all([1, 2, 3].map(byte => importMacSigner(algorithm, secretOf(byte))))
  return { dapp: dapp!, gateway: gateway!, stranger: stranger! }
}

/** A client whose gateway answers as told. */
async function clientOf(answer: Answer, algorithm: MacAlgorithm = 'R1'): Promise<PcnClient> {
  const { dapp, gateway } = await parties(algorithm)
  const post = Object.assign((path: string, body: string) => answer(body, path), { close: () => undefined })
  return new PcnClient({ ...header, signer: dapp, gateway: importMacVerifier(algorithm, gateway.publicKey), post })
}

const transactionData = { txId: first, transData: 'AAEC' }
const ask = (client: PcnClient) => client.call(fabricEndpoints.getTransactionData, { txId: first, dataType: '' })
const sealed = async (body = transactionData) => sealAnswer(fabricEndpoints.getTransactionData.answer, body, (await parties()).gateway)

describe.each<MacAlgorithm>(['SM2', 'R1', 'K1'])('a client by %s', algorithm => {
  test('asks so that the gateway knows it, and takes the answer of the pinned key', async () => {
    const { dapp, gateway } = await parties(algorithm)
    const client = await clientOf(async (request, path) => {
      expect(path).toBe('/api/fabric/v1/node/getTransdata')
      const verifier = importMacVerifier(algorithm, dapp.publicKey)
      const body = await openRequest(fabricEndpoints.getTransactionData.request, parseJson(request), { ...header, verifier })
      return sealAnswer(fabricEndpoints.getTransactionData.answer, { txId: body.txId, transData: 'AAEC' }, gateway)
    }, algorithm)
    expect(await ask(client)).toEqual(transactionData)
  })
})

describe('an answer', () => {
  interface Loose {
    readonly header: Record<string, unknown>
    readonly body: Record<string, unknown>
  }
  type Change = (answer: Loose & Record<string, unknown>) => Loose | string
  const changed = async (change: Change) => {
    const replaced = change(JSON.parse(await sealed()))
    return clientOf(async () => (typeof replaced === 'string' ? replaced : JSON.stringify(replaced)))
  }
  const inHeader =
    (changes: object): Change =>
    answer => ({ ...answer, header: { ...answer.header, ...changes } })
  const inBody =
    (changes: object): Change =>
    answer => ({ ...answer, body: { ...answer.body, ...changes } })
  const outside =
    (changes: object): Change =>
    answer => ({ ...answer, ...changes })

  test.each<[string, string, Change]>([
    ['without a mac', 'ERR_PCN_MAC', outside({ mac: undefined })],
    ['with an empty mac', 'ERR_PCN_MAC', outside({ mac: '' })],
    ['with a null mac', 'ERR_PCN_MAC', outside({ mac: null })],
    ['with a mac that is no text', 'ERR_PCN_ANSWER', outside({ mac: 1 })],
    ['whose code was changed', 'ERR_PCN_MAC', inHeader({ code: -1 })],
    ['with another code', 'ERR_PCN_ANSWER', inHeader({ code: 1 })],
    ['whose message was changed', 'ERR_PCN_MAC', inHeader({ msg: 'Transaction SuccessfuL' })],
    ['whose transaction was changed', 'ERR_PCN_MAC', inBody({ txId: second })],
    ['whose data was changed', 'ERR_PCN_MAC', inBody({ transData: 'AAED' })],
    ['with a member too many', 'ERR_PCN_ANSWER', inBody({ more: '' })],
    ['with a member too many outside', 'ERR_PCN_ANSWER', outside({ more: '' })],
    ['with a member too few', 'ERR_PCN_ANSWER', inBody({ transData: undefined })],
    ['without a body', 'ERR_PCN_ANSWER', outside({ body: undefined })],
    ['that is no JSON', 'ERR_PCN_ANSWER', () => '<html>'],
    ['that is a list', 'ERR_PCN_ANSWER', () => '[]'],
    ['with a name twice', 'ERR_PCN_ANSWER', answer => JSON.stringify(answer).replace('"txId"', `"txId":"${second}","txId"`)],
  ])('%s is refused', async (_, code, change) => {
    await expect(ask(await changed(change))).rejects.toThrow(withCode(code))
  })

  test('with any bit of its text flipped is refused', async () => {
    const text = await sealed()
    const bytes = Buffer.from(text)
    for (const at of bytes.keys()) {
      const flipped = Buffer.from(bytes)
      flipped[at]! ^= 1 << (at % 7)
      const answer = flipped.toString('latin1')
      const outcome = await ask(await clientOf(async () => answer)).then(
        () => 'accepted',
        error => error.code,
      )
      expect(['ERR_PCN_MAC', 'ERR_PCN_ANSWER', 'ERR_PCN_REFUSED'], `byte ${at}`).toContain(outcome)
    }
  })

  test('with members in another order is the same answer: the mac has an order of its own', async () => {
    const { header: answerHeader, mac, body } = JSON.parse(await sealed())
    const reordered = JSON.stringify({
      body: { transData: body.transData, txId: body.txId },
      mac,
      header: { msg: answerHeader.msg, code: answerHeader.code },
    })
    expect(await ask(await clientOf(async () => reordered))).toEqual(transactionData)
  })

  test('whose fields changed places is refused', async () => {
    const { gateway } = await parties()
    // Signed as transData ‖ txId: the order that its JSON has.
    const mac = await gateway.sign(`0success${'AAEC'}${first}`)
    const answer = JSON.stringify({ header: { code: 0, msg: 'success' }, mac, body: { transData: 'AAEC', txId: first } })
    await expect(ask(await clientOf(async () => answer))).rejects.toThrow(withCode('ERR_PCN_MAC'))
  })

  test('of another key, or of our own, is refused', async () => {
    const { stranger, dapp } = await parties()
    for (const signer of [stranger, dapp]) {
      const answer = await sealAnswer(fabricEndpoints.getTransactionData.answer, transactionData, signer)
      await expect(ask(await clientOf(async () => answer))).rejects.toThrow(withCode('ERR_PCN_MAC'))
    }
  })

  test('to another question is refused where it says what it answers', async () => {
    const { gateway } = await parties()
    const replay = async <E extends Endpoint>(endpoint: E, question: RequestOf<E>, answer: AnswerOf<E>) => {
      const text = await sealAnswer(endpoint.answer, answer as never, gateway)
      return (await clientOf(async () => text)).call(endpoint, question)
    }
    const other = withCode('ERR_PCN_OTHER_ANSWER')
    const { getTransactionData, getBlockData, getBlockInfo, registerUser } = fabricEndpoints
    await expect(replay(getTransactionData, { txId: second, dataType: '' }, transactionData)).rejects.toThrow(other)
    const block = { blockHash: first, blockNumber: 7, preBlockHash: second, blockData: '' }
    const byNumber = { blockNumber: 7, blockHash: '', txId: '', dataType: '' }
    await expect(replay(getBlockData, byNumber, block)).resolves.toEqual(block)
    await expect(replay(getBlockData, { ...byNumber, blockNumber: 8 }, block)).rejects.toThrow(other)
    await expect(replay(getBlockData, { ...byNumber, blockHash: second }, block)).rejects.toThrow(other)
    const summary = { status: 0, createName: '', timeSpanSec: 1, timeSpanNsec: 2 }
    const info = {
      blockHash: first,
      blockNumber: 7,
      preBlockHash: '',
      blockSize: 1,
      blockTxCount: 1,
      transactions: [{ txId: first, ...summary }],
    }
    await expect(replay(getBlockInfo, { ...byNumber, txId: first }, info)).resolves.toEqual(info)
    await expect(replay(getBlockInfo, { ...byNumber, txId: second }, info)).rejects.toThrow(other)
    await expect(replay(getBlockInfo, byNumber, { ...info, blockTxCount: 2 })).rejects.toThrow(other)
    const question = { name: 'a', secret: 's', extendProperties: '' }
    await expect(replay(registerUser, question, { name: 'b', secret: 's' })).rejects.toThrow(other)
    const hash = `0x${first}`
    const fisco = { txId: hash, blockHash: hash, blockNumber: 1, gasUsed: 1, from: '', to: '', value: 0, input: '' }
    await expect(replay(fiscoEndpoints.getTransaction, { txHash: hash }, fisco)).resolves.toEqual(fisco)
    await expect(replay(fiscoEndpoints.getTransaction, { txHash: `0x${second}` }, fisco)).rejects.toThrow(other)
  })

  test('cannot be told from one to another question where it does not say: getTransaction, which our adapter does not use', async () => {
    const { gateway } = await parties()
    const answer = { blockHash: first, blockNumber: 12, status: 0, createName: 'a', timeSpanSec: 1, timeSpanNsec: 2 }
    const text = await sealAnswer(fabricEndpoints.getTransaction.answer, answer, gateway)
    const client = await clientOf(async () => text.replace('"blockNumber":12,"status":0', '"blockNumber":1,"status":20'))
    // The same mac, other fields: BSN's joined text has no borders.
    expect(await client.call(fabricEndpoints.getTransaction, { txId: second, dataType: '' })).toMatchObject({ blockNumber: 1, status: 20 })
  })

  test('that refuses says why to the caller only, and must have a mac, too', async () => {
    const { gateway } = await parties()
    const refusal = await sealRefusal('no such transaction', gateway)
    const refused = ask(await clientOf(async () => refusal))
    await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'ERR_PCN_REFUSED', reason: 'no such transaction' }))
    await expect(refused).rejects.not.toThrow(/no such transaction/)
    await expect(ask(await clientOf(async () => refusal.replace('no such', 'no more')))).rejects.toThrow(withCode('ERR_PCN_MAC'))
    await expect(ask(await clientOf(async () => JSON.stringify({ header: { code: -1, msg: 'x' }, mac: '', body: null })))).rejects.toThrow(
      withCode('ERR_PCN_MAC'),
    )
  })
})

describe('a request', () => {
  const { callChaincode } = fabricEndpoints
  const call = { userName: '', nonce: newNonce(), chainCode: 'cc', funcName: 'set', args: ['a', 'b'], transientData: {} }
  const open = async (text: string, expected: Partial<typeof header> = {}) => {
    const { dapp } = await parties()
    return openRequest(callChaincode.request, parseJson(text), {
      ...header,
      ...expected,
      verifier: importMacVerifier('R1', dapp.publicKey),
    })
  }
  const seal = async (body: RequestOf<typeof callChaincode> = call) =>
    sealRequest(callChaincode.request, header, body, (await parties()).dapp)

  test('is opened as it was sealed, and has the fields of BSN’s SDK', async () => {
    const text = await seal()
    expect(await open(text)).toEqual(call)
    expect(JSON.parse(text)).toMatchObject({ header: { ...header, tId: '' }, body: { nonce: call.nonce, transientData: {} } })
  })

  test('is refused by the gateway when anything in it was changed', async () => {
    const text = await seal()
    const changed = (part: 'header' | 'body' | null, changes: object) => {
      const request = JSON.parse(text)
      return JSON.stringify(part === null ? { ...request, ...changes } : { ...request, [part]: { ...request[part], ...changes } })
    }
    for (const wrong of [
      changed('body', { funcName: 'get' }),
      changed('body', { args: ['b', 'a'] }),
      changed('body', { transientData: { a: '1' } }),
      changed('header', { userCode: 'USER0002' }),
      changed(null, { mac: '' }),
      changed(null, { mac: undefined }),
    ])
      await expect(open(wrong)).rejects.toThrow(withCode('ERR_PCN_MAC'))
    await expect(open(text, { appCode: 'app0002' })).rejects.toThrow(withCode('ERR_PCN_MAC'))
    await expect(open(changed('body', { more: 1 }))).rejects.toThrow(withCode('ERR_PCN_REQUEST'))
    // Not signed, as BSN says: whoever changes it changes nothing.
    expect(await open(changed('header', { tId: 'x' }))).toEqual(call)
  })

  test('can have its arguments joined otherwise under the same mac: only TLS stands against it', async () => {
    expect(await open((await seal()).replace('["a","b"]', '["ab"]'))).toEqual({ ...call, args: ['ab'] })
  })

  test('with two transient keys is not sent: nobody says in which order they are signed', async () => {
    let isSent = false
    const client = await clientOf(async () => {
      isSent = true
      return ''
    })
    await expect(client.call(callChaincode, { ...call, transientData: { a: '1', b: '2' } })).rejects.toThrow(withCode('ERR_PCN_REQUEST'))
    await expect(client.call(callChaincode, { ...call, nonce: 'AAAA' })).rejects.toThrow(withCode('ERR_PCN_REQUEST'))
    expect(isSent).toBe(false)
  })
})

describe('getAppInfo', () => {
  const info = {
    appName: 'a',
    appType: 'fabric',
    caType: 1,
    algorithmType: 2,
    mspId: 'Hospital1MSP',
    channelId: 'hospitals',
    version: '',
    fabricVersion: '2.2.1',
  }

  test('is read without a mac, and decides nothing: another algorithm than the pinned one is refused', async () => {
    const answering = (algorithmType: number) => clientOf(async () => unsealedAnswer(appInfoEndpoint.answer, { ...info, algorithmType }))
    expect(await (await answering(2)).readAppInfo()).toEqual(info)
    for (const other of [1, 3]) await expect((await answering(other)).readAppInfo()).rejects.toThrow(withCode('ERR_PCN_PIN'))
    await expect((await answering(0)).readAppInfo()).rejects.toThrow(withCode('ERR_PCN_ANSWER'))
  })

  test('an answer without a mac is one nowhere else', async () => {
    const text = unsealedAnswer(fabricEndpoints.getTransactionData.answer, transactionData)
    const { gateway } = await parties()
    const verifier = importMacVerifier('R1', gateway.publicKey)
    await expect(openAnswer(fabricEndpoints.getTransactionData.answer, text, verifier)).rejects.toThrow(withCode('ERR_PCN_MAC'))
  })
})
