import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { bindingOf, createPresentationResponse, type PresentationBinding, type PresentationRequest, parseDcqlQuery } from '@hufu/exchange'
import { bytesToBase64url, dayInChina, randomBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { compileStatement, type PreparedCredential, prepareCredential, presentCredential, type Statement } from '@hufu/proofs'
import { openEmbeddedDatabase } from '@hufu/service'
import { freePort, startPostgres } from '@hufu/testkit'
import { shopSecret } from '../../../apps/institution/src/authorization/authorization-fixture.ts'
import { queries, World } from '../../../apps/institution/src/verifier/verifier-fixture.ts'
import { openLink, type TestWallet } from '../../../apps/institution/src/verifier/wallet-fixture.ts'
import type { Comparison, Side } from '../compare.ts'
import { closedOnFailure } from '../fixtures/closed-on-failure.ts'
import { inFlight } from '../fixtures/in-flight.ts'
import { dropConnections, KeptAlive } from '../fixtures/kept-alive.ts'
import { LiveClock } from '../fixtures/live-clock.ts'
import { timed } from '../fixtures/timed.ts'
import { npmPeer } from '../peers.ts'

const script = fileURLToPath(new URL('../fixtures/sign-in-server.ts', import.meta.url))
const signInsPerRun = 40
const plainSignInsPerRun = 240
const connections = 16
const callback = 'http://shop.example/callback'
const codeVerifier = 'a-code-verifier-that-is-long-enough-for-the-specification-0123'
const codeChallenge = bytesToBase64url(sha256(utf8ToBytes(codeVerifier)))

/** From the shop's link to its ID token, each person in a new browser. */
export const signIn: Comparison = {
  name: 'sign-in',
  description:
    'sign in with a wallet, from authorization request to ID token, proofs made ahead and verified natively, on PostgreSQL; or oidc-provider in memory, where nothing is shown',
  peer: () => npmPeer('oidc-provider', 'institution'),
  measures: [
    { figure: 'perSecond', of: 'A/B', goal: { atLeast: 0.5 } },
    { figure: 'perSecond', of: 'A', goal: { atLeast: 60 } },
  ],
  open: () =>
    closedOnFailure(async steps => {
      const postgres = await startPostgres()
      steps.push(() => postgres.stop())
      const person = await makePerson()
      steps.push(() => person.close())
      const [ours, stock] = [await startServer('ours', postgres.url), await startServer('stock')]
      steps.push(
        () => ours.child.send(0),
        () => stock.child.send(0),
      )
      const [prepared] = await person.prepare(1)
      await expectSingleUse(await signInWithWallet(ours.issuer, person, prepared!))
      await expectSingleUse(await signInPlainly(stock.issuer))
      return {
        a: side(
          'with a wallet',
          () => person.prepare(signInsPerRun),
          ready => signInWithWallet(ours.issuer, person, ready),
        ),
        b: side(
          'oidc-provider, nothing shown',
          async () => Array.from({ length: plainSignInsPerRun }),
          () => signInPlainly(stock.issuer),
        ),
      }
    }),
}

/** @param prepare - what is not timed: one thing for each to sign in with */
function side<Prepared>(
  name: string,
  prepare: () => Promise<readonly Prepared[]>,
  signInWith: (prepared: Prepared) => Promise<unknown>,
): Side {
  return {
    name,
    async run() {
      const prepared = await prepare()
      dropConnections()
      return timed(prepared.length, () => inFlight(prepared, connections, signInWith))
    },
  }
}

/** Void unless a code counts once on both sides. */
async function expectSingleUse(useAgain: UseAgain): Promise<void> {
  if ((await useAgain()) !== undefined) throw new Error('expected a code to count once')
}

export async function startServer(kind: string, databaseUrl = '') {
  const env = { ...process.env, NODE_ENV: 'production', PORT: String(await freePort()) }
  const child = fork(script, [kind, databaseUrl], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [{ issuer }] = (await once(child, 'message')) as [{ issuer: string }]
  return { child, issuer }
}

/** What a code that was used gives once more: no ID token. */
type UseAgain = () => Promise<string | undefined>

export interface Person {
  readonly wallet: TestWallet
  /** What a wallet makes ahead, each for one sign-in. */
  prepare(count: number): Promise<readonly PreparedCredential[]>
  present(prepared: PreparedCredential, binding: PresentationBinding): Promise<string>
  close(): Promise<void>
}

/** A wallet in this process, of the same world as the server: names stand for keys there. */
export async function makePerson(): Promise<Person> {
  const database = await openEmbeddedDatabase()
  const clock = new LiveClock()
  const world = new World(database, { clock, anyRoots: true })
  const { did, signer } = await world.directory.add('bank')
  const wallet = await world.wallet({ fetch, did, signer })
  const { credential, layout, secret, prover, find } = wallet.zk!
  const [asked] = parseDcqlQuery(queries['sign-in']!.dcql!).credentials
  const statement = () => compileStatement((asked as { statement: Statement }).statement, layout, { today: dayInChina(clock.nowMs()) })
  return {
    wallet,
    async prepare(count) {
      const { path, published } = await find()
      const { slots } = statement()
      return Promise.all(
        Array.from({ length: count }, () =>
          prepareCredential({ prover, random: randomBytes, credential, layout, secret, path, published, slots }),
        ),
      )
    },
    present: (prepared, { challenge }) =>
      presentCredential({ prover, secret, challenge, show: { credential, prepared, statement: statement() } }),
    close: () => database.close(),
  }
}

/** From the shop's link to the ID token, in a new browser. */
/** @returns tries to use the code again, for an ID token */
export async function signInWithWallet(issuer: string, person: Person, prepared: PreparedCredential): Promise<UseAgain> {
  const browser = new KeptAlive()
  const page = await begin(browser, issuer)
  const html = await browser.get(page)
  const link = /id="open" href="([^"]+)"/.exec(html.text)![1]!.replaceAll('&amp;', '&')
  const request = await openLink({ ...person.wallet, fetch: browser.fetch }, link)
  const answer = await browser.post(request.responseUri, await answerOf(request, person, prepared))
  const { redirect_uri: back } = JSON.parse(answer.text) as { redirect_uri: string }
  return finish(browser, issuer, (await browser.get(back)).location!)
}

async function answerOf(request: PresentationRequest, person: Person, prepared: PreparedCredential): Promise<string> {
  const [asked] = request.query.credentials
  const presentation = await person.present(prepared, bindingOf(request, asked!.id, [asked!.id]))
  return createPresentationResponse(request, { [asked!.id]: [presentation] })
}

async function signInPlainly(issuer: string): Promise<UseAgain> {
  const browser = new KeptAlive()
  const page = await begin(browser, issuer)
  return finish(browser, issuer, (await browser.get(page)).location!)
}

/** @returns the page of the interaction */
async function begin(browser: KeptAlive, issuer: string): Promise<string> {
  const parameters = new URLSearchParams({
    client_id: 'shop',
    response_type: 'code',
    scope: 'openid profile',
    redirect_uri: callback,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    state: bytesToBase64url(randomBytes(16)),
  })
  return new URL((await browser.get(`${issuer}/auth?${parameters}`)).location!, issuer).href
}

async function finish(browser: KeptAlive, issuer: string, resume: string): Promise<UseAgain> {
  const code = new URL((await browser.get(new URL(resume, issuer).href)).location!).searchParams.get('code')
  const body = new URLSearchParams({ grant_type: 'authorization_code', code: code!, redirect_uri: callback, code_verifier: codeVerifier })
  const authorization = `Basic ${Buffer.from(`shop:${shopSecret}`).toString('base64')}`
  const use = async () => {
    const answer = await browser.post(`${issuer}/token`, body.toString(), { authorization })
    return (JSON.parse(answer.text) as { id_token?: string }).id_token
  }
  if ((await use()) === undefined) throw new Error('expected an ID token')
  return use
}
