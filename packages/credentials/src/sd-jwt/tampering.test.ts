import { expect, test } from 'vitest'
import { CredentialError } from '../errors.ts'
import { issue, present, verifier } from './sd-jwt-fixture.ts'
import { verifySdJwtVc } from './verify-sd-jwt-vc.ts'

const presentation = await present(await issue({ decoys: 1 }))

/** Whether a text is refused on purpose; anything else than a CredentialError fails the test. */
async function isRefused(text: string): Promise<boolean> {
  try {
    await verifySdJwtVc(text, verifier())
    return false
  } catch (error) {
    if (error instanceof CredentialError && error.receipt?.verdict === 'refused') return true
    throw error
  }
}

test('refuses the presentation with one bit turned over, wherever it is', { timeout: 60_000 }, async () => {
  expect(await isRefused(presentation)).toBe(false)
  for (let position = 0; position < presentation.length; position++) {
    const turned = String.fromCharCode(presentation.charCodeAt(position) ^ (1 << (position % 7)))
    if (!(await isRefused(presentation.slice(0, position) + turned + presentation.slice(position + 1))))
      expect.fail(`accepted with a bit turned at ${position}`)
  }
})

test('refuses the presentation cut off anywhere, or with a character left out or doubled', { timeout: 60_000 }, async () => {
  for (let position = 0; position < presentation.length; position += 3) {
    const [before, after] = [presentation.slice(0, position), presentation.slice(position)]
    for (const altered of [before, before + after.slice(1), before + after[0] + after]) {
      if (!(await isRefused(altered))) expect.fail(`accepted when altered at ${position}`)
    }
  }
})
