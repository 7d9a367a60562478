import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';

/** Browsers offer it at https and on this machine only, and for names, not for bare addresses. */
export const hasPasskeys = 'PublicKeyCredential' in window && !/^[\d.]+$|:/.test(window.location.hostname);

/** The person chooses one and unlocks it. @throws PasskeyStopped when they would rather not, or nothing answers */
export async function givePasskey(options: object): Promise<object> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  return startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON }).catch(stop);
}

/** @throws PasskeyStopped */
export async function makePasskey(options: object): Promise<object> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  return startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON }).catch(stop);
}

export class PasskeyStopped extends Error {}

function stop(error: Error): never {
  throw new PasskeyStopped(error.message);
}
