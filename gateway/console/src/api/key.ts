import { addApprovalKey, keyChallenge } from '../generated/documents'
import { Refused, ask } from './ask'

/** What a person's key is asked to sign, as the schema names it. */
export type Act = 'GRANT' | 'FOLLOW_UP' | 'FURTHER_KEY'

/** What a key said, for the node; all but `nonce` in base64url. */
export interface Word {
  readonly nonce: string
  readonly credential: string
  readonly authenticatorData: string
  readonly clientData: string
  readonly signature: string
}

const ES256 = -7
const EDDSA = -8
const RS256 = -257

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0))
}

function base64url(data: ArrayBuffer): string {
  const text = Array.from(new Uint8Array(data), (each) => String.fromCharCode(each)).join('')
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

async function digest(data: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
  return `sha256:${Array.from(hash, (each) => each.toString(16).padStart(2, '0')).join('')}`
}

/** What the browser says of a key that gave nothing, as a code of the catalogue. */
export function reasonOf(error: unknown): Refused {
  if (error instanceof Refused) return error
  const name = error instanceof DOMException ? error.name : ''
  const codes: Record<string, string> = {
    NotAllowedError: 'KEY_CANCELLED',
    AbortError: 'KEY_CANCELLED',
    InvalidStateError: 'APPROVAL_KEY_KNOWN',
    SecurityError: 'KEY_NOT_HERE',
    NotSupportedError: 'KEY_NOT_SUPPORTED',
    ConstraintError: 'KEY_NOT_SUPPORTED',
  }
  return new Refused(codes[name] ?? 'CONSOLE', String(error))
}

/** What `begin` gives, or why the browser did not. */
async function asked(begin: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!('PublicKeyCredential' in window)) throw new Refused('KEY_NOT_SUPPORTED', 'this browser knows no keys')
  try {
    const given = await begin()
    if (given instanceof PublicKeyCredential) return given
  } catch (error) {
    throw reasonOf(error)
  }
  throw new Refused('KEY_CANCELLED', 'the browser gave no key')
}

function named(keys: readonly { readonly id: string; readonly transports: readonly string[] }[]): PublicKeyCredentialDescriptor[] {
  return keys.map((each) => ({ type: 'public-key', id: bytes(each.id), transports: each.transports as AuthenticatorTransport[] }))
}

/** The word of one of the person's keys on exactly what has this digest. */
export async function word(act: Act, about: string, seen: string): Promise<Word> {
  const { keyChallenge: wanted } = await ask(keyChallenge, { act, about, digest: seen })
  const given = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: bytes(wanted.challenge),
        rpId: wanted.rpId,
        allowCredentials: named(wanted.keys),
        userVerification: 'required',
        timeout: wanted.seconds * 1000,
      },
    }),
  )
  const said = given.response as AuthenticatorAssertionResponse
  return {
    nonce: wanted.nonce,
    credential: given.id,
    authenticatorData: base64url(said.authenticatorData),
    clientData: base64url(said.clientDataJSON),
    signature: base64url(said.signature),
  }
}

/** Another key of the person's own; `further`: one that is there signs for it. */
export async function added(label: string, further: boolean) {
  const { keyChallenge: wanted } = await ask(keyChallenge, { act: 'NEW_KEY' })
  const given = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: bytes(wanted.challenge),
        rp: { id: wanted.rpId, name: 'Entente' },
        user: { id: bytes(wanted.userId), name: wanted.userName, displayName: wanted.userName },
        pubKeyCredParams: [ES256, EDDSA, RS256].map((alg) => ({ type: 'public-key' as const, alg })),
        excludeCredentials: named(wanted.keys),
        authenticatorSelection: { residentKey: 'discouraged', userVerification: 'required' },
        attestation: 'none',
        timeout: wanted.seconds * 1000,
      },
    }),
  )
  const made = given.response as AuthenticatorAttestationResponse
  const key = {
    nonce: wanted.nonce,
    credential: given.id,
    clientData: base64url(made.clientDataJSON),
    attestation: base64url(made.attestationObject),
    transports: made.getTransports(),
  }
  const proof = further ? await word('FURTHER_KEY', given.id, await digest(made.attestationObject)) : null
  return (await ask(addApprovalKey, { label, key, proof })).addApprovalKey
}
