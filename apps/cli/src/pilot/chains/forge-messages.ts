import type { ChainErrorCode, ChainProof } from '@hufu/chains'
import { type ProofBundle, parseHeader } from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, bytesToHex, hexToBytes } from '@hufu/primitives'
import type { Texts } from '../../language.ts'

/** What a gateway that lies sends: a message in the right form that is not true. */
export interface ForgedMessage {
  readonly name: 'altered-entry' | 'altered-signature' | 'older-state'
  readonly text: Texts
  readonly proof: ChainProof
  /** What every chain must answer it with. */
  readonly refusedWith: ChainErrorCode
}

/** Of what the lies are made. */
export interface TrueMessages {
  /** Before the revocation: was true once, and was taken. */
  readonly before: ChainProof
  /** After it, under a header that no chain was shown yet: one that is known needs no signatures any more. */
  readonly after: ChainProof
  /** The hash that the entry held before, and the one that it holds now. */
  readonly hashes: { readonly before: Uint8Array; readonly after: Uint8Array }
}

/** Three lies that would each make the revoked credential count again. */
export function forgeMessages({ before, after, hashes }: TrueMessages): readonly ForgedMessage[] {
  return [
    {
      name: 'altered-entry',
      text: {
        en: 'the entry altered: it names the status list from before the revocation, under a true header',
        'zh-CN': '篡改条目：在真实区块头之下，把状态列表哈希换成撤销之前的',
      },
      proof: withBundle(after, bundle => ({ ...bundle, proof: replaced(bundle.proof, hashes) })),
      refusedWith: 'ERR_CHAIN_REFUSED',
    },
    {
      name: 'altered-signature',
      text: {
        en: "a bit of one validator's signature altered, all else true",
        'zh-CN': '某验证节点签名被改动一位，其余均真实',
      },
      proof: withBundle(after, bundle => ({ ...bundle, headers: [...bundle.headers.slice(0, -1), missigned(bundle.headers.at(-1)!)] })),
      refusedWith: 'ERR_CHAIN_REFUSED',
    },
    {
      name: 'older-state',
      text: {
        en: 'the state before the revocation replayed, proven and signed as it was',
        'zh-CN': '重放撤销之前的状态，证明与签名均为当时的真实内容',
      },
      proof: before,
      refusedWith: 'ERR_CHAIN_ROLLBACK',
    },
  ]
}

function withBundle(proof: ChainProof, alter: (bundle: ProofBundle) => ProofBundle): ChainProof {
  return { ...proof, evidence: alter(proof.evidence as ProofBundle) }
}

function replaced(proof: string, { before, after }: TrueMessages['hashes']): string {
  const text = bytesToHex(base64ToBytes(proof))
  const lie = text.replace(bytesToHex(after), bytesToHex(before))
  if (lie === text) throw new TypeError('expected a proof of an entry that holds the newer hash, which is another than the older one')
  return bytesToBase64(hexToBytes(lie))
}

/** A push of 64 bytes, of which the last is altered. */
function missigned(header: string): string {
  const bytes = base64ToBytes(header).slice()
  const { invocationScript, verificationScript } = parseHeader(bytes)
  // Signatures, then the length of the script behind them, and that script, end the header.
  const lengthOf = verificationScript.length < 0xfd ? 1 : 3
  const endOfSignatures = bytes.length - verificationScript.length - lengthOf
  if (invocationScript.length < 66) throw new TypeError('expected a header with signatures')
  bytes[endOfSignatures - 1]! ^= 1
  return bytesToBase64(bytes)
}
