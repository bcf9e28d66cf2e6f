import type { Signer } from '@hufu/keys'
import { type FuzzTarget, meaningOf } from './fuzz-target.ts'
import { mutateJwt, signChanged } from './mutate-jwt.ts'

interface JwtInput {
  readonly text: string
  /** By who may sign: what it says then counts, if it is of its form. */
  readonly signedAnew: boolean
}

/** A target that takes a JWT. */
export interface JwtTarget extends FuzzTarget {
  readonly original: string
  readonly signer: Signer
  /** Whether the key stands in its own header, so that anybody can sign one that is theirs. */
  readonly bringsItsKey: boolean
}

/** A target that takes a JWT: two in three are forged, one in three says something else and is signed as it should be. */
export function jwtTarget({
  name,
  weight,
  codes,
  original,
  signer,
  verify,
}: Pick<FuzzTarget, 'name' | 'weight' | 'codes'> & {
  readonly original: string
  readonly signer: Signer
  /** @returns what is then believed */
  verify(text: string): Promise<unknown>
}): JwtTarget {
  let believed: Promise<string> | undefined
  const meaning = async (text: string) => meaningOf(await verify(text))
  return {
    original,
    signer,
    bringsItsKey: Buffer.from(original.split('.', 1)[0]!, 'base64url').includes('"jwk"'),
    name,
    weight,
    codes,
    sameIf: 'what is believed is the same',
    originals: [{ text: original, signedAnew: false } satisfies JwtInput],
    make: async random =>
      random.below(3) === 0
        ? { text: await signChanged(original, signer, random), signedAnew: true }
        : { text: mutateJwt(original, signer.publicKey, random), signedAnew: false },
    take: async input => {
      const { text, signedAnew } = input as JwtInput
      believed ??= meaning(original)
      if ((await meaning(text)) === (await believed)) return true
      return signedAnew && 'signed anew'
    },
  }
}
