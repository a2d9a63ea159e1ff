/**
 * Our secrets, backup, files and comparisons, for acceptance/crypto/test_secrets.py: one call a
 * line, as JSON; one answer a line. What is refused is answered with its code.
 */
import {
  decryptAttachment,
  encryptAttachment,
} from "../src/crypto/attachments/attachmentCipher.ts";
import { readEncryptedFile, writeEncryptedFile } from "../src/crypto/attachments/encryptedFile.ts";
import { openFromBackup, sealForBackup } from "../src/crypto/backup/backupCipher.ts";
import { readKeyExport, writeKeyExport } from "../src/crypto/backup/keyExport.ts";
import { readExportedSession } from "../src/crypto/backup/sessionData.ts";
import { readIdentity } from "../src/crypto/crosssigning/publicIdentity.ts";
import { publishSeeds } from "../src/crypto/crosssigning/signingKeys.ts";
import { decodeBase64 } from "../src/crypto/primitives/base64.ts";
import { decodeUTF8, encodeUTF8 } from "../src/crypto/primitives/bytes.ts";
import { importEd25519 } from "../src/crypto/primitives/ed25519.ts";
import { importX25519 } from "../src/crypto/primitives/x25519.ts";
import {
  describeKey,
  isKeyDescribed,
  readKeyDescription,
} from "../src/crypto/secrets/keyDescription.ts";
import { derivePassphraseKey, readPassphraseParameters } from "../src/crypto/secrets/passphrase.ts";
import { readRecoveryCode, writeRecoveryCode } from "../src/crypto/secrets/recoveryCode.ts";
import { decryptSecret, encryptSecret } from "../src/crypto/secrets/storedSecret.ts";
import type { VerificationStep } from "../src/crypto/verification/messages.ts";
import { sasEmoji } from "../src/crypto/verification/sasEmoji.ts";
import { Verification } from "../src/crypto/verification/Verification.ts";

// deno-lint-ignore no-explicit-any -- the other end is our own test.
type Values = any;

const base64 = (bytes: Uint8Array) => bytes.toBase64();
const verifications = new Map<string, Verification>();

const calls: Record<string, (values: Values) => Promise<unknown> | unknown> = {
  async encryptAttachment({ data }) {
    const { ciphertext, secret } = await encryptAttachment(new Blob([decodeBase64(data)]));
    const file = writeEncryptedFile({ url: "mxc://culture.example/file", secret });
    return { ciphertext: base64(new Uint8Array(await ciphertext.arrayBuffer())), file };
  },
  async decryptAttachment({ ciphertext, file }) {
    const { secret } = readEncryptedFile(file);
    const opened = await decryptAttachment(new Blob([decodeBase64(ciphertext)]), secret, "");
    return base64(new Uint8Array(await opened.arrayBuffer()));
  },

  sealForBackup: ({ publicKey, text }) => sealForBackup(decodeBase64(publicKey), encodeUTF8(text)),
  openFromBackup: async ({ privateKey, sealed }) =>
    decodeUTF8(await openFromBackup(await importX25519(decodeBase64(privateKey)), sealed)),
  backupPublicKey: async ({ privateKey }) =>
    base64((await importX25519(decodeBase64(privateKey))).publicKey),

  writeExport: ({ sessions, passphrase }) =>
    writeKeyExport(sessions.map(readExportedSession), passphrase, 1_000),
  readExport: ({ text, passphrase }) => readKeyExport(text, passphrase),

  writeCode: ({ key }) => writeRecoveryCode(decodeBase64(key)),
  readCode({ code }) {
    const reading = readRecoveryCode(code);
    return reading.state === "whole" ? base64(reading.key) : reading.state;
  },
  describeKey: ({ key }) =>
    describeKey(decodeBase64(key), { name: "Code", number: 1, createdTS: 1 }),
  isKeyDescribed: ({ key, content }) =>
    isKeyDescribed(decodeBase64(key), readKeyDescription("id", content)!),
  async passphraseKey({ passphrase, content }) {
    return base64(await derivePassphraseKey(passphrase, readPassphraseParameters(content)!));
  },
  encryptSecret: ({ name, secret, key }) =>
    encryptSecret(name, secret, [{ keyID: "id", key: decodeBase64(key) }]),
  decryptSecret: ({ name, content, key }) => decryptSecret(name, content, "id", decodeBase64(key)),

  async publishSeeds({ userID, seeds, deviceSeed }) {
    const [master, selfSigning, userSigning] = seeds.map(decodeBase64);
    const { privateKey } = await importEd25519(decodeBase64(deviceSeed));
    const device = { deviceID: "DEVICE", privateKey };
    return publishSeeds(userID, { master, selfSigning, userSigning }, device);
  },
  async readIdentity({ userID, master, selfSigning, userSigning }) {
    const identity = await readIdentity(userID, { master, selfSigning, userSigning });
    return [identity?.selfSigning?.keyID, identity?.userSigning?.keyID];
  },

  /** Begins a comparison, on the side that asks or on the one that is asked. */
  compare({ id, form, own, partner, partnerKeys, request }) {
    const parties = {
      own: { ...own, keys: new Map(Object.entries<string>(own.keys)) },
      partner,
      keysOf: () => new Map(Object.entries<string>(partnerKeys)),
    };
    const verification = request === undefined
      ? Verification.asked(form, parties, 0)
      : Verification.from(form, parties, request, 0);
    verifications.set(id, verification);
  },
  accept: ({ id }) => verification(id).accept(0),
  tick: ({ id, now }) => verification(id).tick(now),
  confirm: ({ id }) => verification(id).confirm(),
  receive: ({ id, step, content }) =>
    verification(id).receive(step as VerificationStep, content, 0),
  state({ id }) {
    const { state } = verification(id);
    if (state.phase === "done") return { ...state, verified: Object.fromEntries(state.verified) };
    if (state.phase !== "comparing") return state;
    return { ...state, pictures: state.shown.emoji.map((number) => sasEmoji[number]) };
  },
};

function verification(id: string): Verification {
  const found = verifications.get(id);
  if (found === undefined) throw new Error(`no comparison ${id}`);
  return found;
}

async function answer(line: string): Promise<unknown> {
  const { call, ...values } = JSON.parse(line);
  try {
    return { value: await calls[call]?.(values) ?? null };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { refused: code ?? String(message) };
  }
}

let rest = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) console.log(JSON.stringify(await answer(line)));
}
