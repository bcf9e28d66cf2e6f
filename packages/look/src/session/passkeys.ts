import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser'
import { ApiProblem } from '../api/api-problem.ts'
import type { StaffClient } from '../api/staff-client.ts'
import type { Challenge } from './staff-answers.ts'

/** Signs in with any passkey of the staff. @returns token for requests that change something @throws ApiProblem */
export async function signInWithPasskey(client: StaffClient): Promise<string> {
  const answer = await answerOf(client, '/staff/sign-in/options')
  return (await client.send<{ csrfToken: string }>('POST', '/staff/sign-in', answer)).csrfToken
}

/** Shows again that it is the person who is signed in. @throws ApiProblem */
export async function confirmWithPasskey(client: StaffClient): Promise<void> {
  await client.send('POST', '/staff/confirmation', await answerOf(client, '/staff/confirmation/options'))
}

/** Accepts an invitation with a first passkey. @throws ApiProblem */
export async function acceptWithPasskey(client: StaffClient, code: string, label: string): Promise<string> {
  const created = await createPasskey(client, '/staff/registration/options', { code })
  return (await client.send<{ csrfToken: string }>('POST', '/staff/registration', { code, label, ...created })).csrfToken
}

/** Adds a further passkey of the person who is signed in. @throws ApiProblem */
export async function addPasskey(client: StaffClient, label: string): Promise<void> {
  const created = await createPasskey(client, '/staff/passkeys/options')
  await client.send('POST', '/staff/passkeys', { label, ...created })
}

async function answerOf(client: StaffClient, path: string): Promise<object> {
  const { challengeId, options } = await client.send<Challenge<PublicKeyCredentialRequestOptionsJSON>>('POST', path)
  const response = await ofDevice(startAuthentication({ optionsJSON: options }))
  return { challengeId, response: bare(response) }
}

async function createPasskey(client: StaffClient, path: string, body?: object): Promise<object> {
  const { challengeId, options } = await client.send<Challenge<PublicKeyCredentialCreationOptionsJSON>>('POST', path, body)
  const response = await ofDevice(startRegistration({ optionsJSON: options }))
  return { challengeId, response: bare(response) }
}

/** What the routes know of it, and no more. */
function bare(answer: object): object {
  const { id, rawId, type, response, authenticatorAttachment, clientExtensionResults } = answer as Record<string, unknown>
  return {
    id,
    rawId,
    type,
    response,
    ...(authenticatorAttachment === undefined ? {} : { authenticatorAttachment }),
    clientExtensionResults,
  }
}

/** The browser says little about why, so that pages learn little about people. */
async function ofDevice<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked
  } catch {
    throw new ApiProblem(0, 'passkeyFailed')
  }
}
