import {
  InboundGroupSession,
  restoreInbound,
  storeInbound,
} from "../src/crypto/megolm/InboundGroupSession.ts";
import {
  encryptForGroup,
  openGroupSession,
  type OutboundGroupSession,
  restoreOutbound,
  sharedKeyOf,
  storeOutbound,
} from "../src/crypto/megolm/OutboundGroupSession.ts";
import {
  readExportedKey,
  readSharedKey,
  type SessionKey,
} from "../src/crypto/megolm/sessionKey.ts";
import { generateIdentityKeys, type IdentityKeys } from "../src/crypto/olm/IdentityKeys.ts";
import { messageBytes, readPreKeyMessage } from "../src/crypto/olm/messages.ts";
import {
  acceptSession,
  decrypt,
  encrypt,
  openSession,
  type Session,
  sessionIDOf,
} from "../src/crypto/olm/Session.ts";
import { restoreSession, storeSession } from "../src/crypto/olm/storedSession.ts";
import { generateSealingKey } from "../src/crypto/primitives/aes.ts";
import { decodeBase64Exactly, encodeBase64 } from "../src/crypto/primitives/base64.ts";
import { decodeUTF8, encodeUTF8 } from "../src/crypto/primitives/bytes.ts";
import { CryptoError } from "../src/crypto/primitives/CryptoError.ts";
import { type Signable, signJSON } from "../src/crypto/primitives/signedJSON.ts";
import { generateX25519 } from "../src/crypto/primitives/x25519.ts";

/**
 * Our Olm and Megolm as a peer of other implementations (acceptance/crypto): a request is a line
 * of JSON on standard input, `{ "do": verb, … }`, its answer one on standard output; what was
 * refused with a code is answered `{ "refused": code }`. Sessions are stored and restored between
 * any two requests, as the engine does.
 */
type Request = { readonly do: string; readonly [key: string]: unknown };

const sealing = await generateSealingKey();
const devices: { keys: IdentityKeys; oneTime: Map<string, CryptoKey> }[] = [];
const sessions: Awaited<ReturnType<typeof storeSession>>[] = [];
const writers: Awaited<ReturnType<typeof storeOutbound>>[] = [];
const readers: InboundGroupSession[] = [];

const verbs: { [verb: string]: (request: Request) => Promise<object> } = {
  async device() {
    const keys = await generateIdentityKeys();
    devices.push({ keys, oneTime: new Map() });
    return {
      device: devices.length - 1,
      curve25519: encodeBase64(keys.curve25519.publicKey),
      ed25519: encodeBase64(keys.ed25519.publicKey),
    };
  },
  async oneTimeKey(request) {
    const pair = await generateX25519();
    const key = encodeBase64(pair.publicKey);
    device(request).oneTime.set(key, pair.privateKey);
    return { key };
  },
  async sign(request) {
    const { ed25519 } = device(request).keys;
    return {
      signed: await signJSON(
        request["object"] as Signable,
        "@a:b",
        "ed25519:D",
        ed25519.privateKey,
      ),
    };
  },
  async open(request) {
    const theirs = decodeBase64Exactly(32, text(request, "identityKey"));
    const oneTime = decodeBase64Exactly(32, text(request, "oneTimeKey"));
    const { curve25519 } = device(request).keys;
    return await keep(await openSession(curve25519, theirs, oneTime));
  },
  async accept(request) {
    const { keys, oneTime } = device(request);
    const message = readPreKeyMessage(messageBytes(text(request, "body")));
    const name = encodeBase64(message.oneTimeKey);
    const key = oneTime.get(name);
    if (key === undefined) throw new CryptoError("UNKNOWN_KEY", "no such one-time key");
    const { plaintext, session } = await acceptSession(keys.curve25519, key, message);
    oneTime.delete(name);
    return { ...await keep(session), text: decodeUTF8(plaintext) };
  },
  async matches(request) {
    const opening = readPreKeyMessage(messageBytes(text(request, "body")));
    return { matches: await sessionIDOf(opening) === (await session(request)).id };
  },
  async encrypt(request) {
    const outcome = await encrypt(await session(request), encodeUTF8(text(request, "text")));
    sessions[number(request, "session")] = await storeSession(outcome.session, sealing);
    return outcome.message;
  },
  async decrypt(request) {
    const type = number(request, "type") === 0 ? 0 : 1;
    const outcome = await decrypt(await session(request), { type, body: text(request, "body") });
    sessions[number(request, "session")] = await storeSession(outcome.session, sealing);
    return { text: decodeUTF8(outcome.plaintext) };
  },
  async openGroup() {
    const writer = await openGroupSession();
    writers.push(await storeOutbound(writer, sealing));
    return { writer: writers.length - 1, id: writer.id };
  },
  async sharedKey(request) {
    return { key: await sharedKeyOf(await writer(request)) };
  },
  async encryptForGroup(request) {
    const outcome = await encryptForGroup(await writer(request), encodeUTF8(text(request, "text")));
    writers[number(request, "writer")] = await storeOutbound(outcome.session, sealing);
    return { message: outcome.message, index: outcome.index };
  },
  async readShared(request) {
    return await keepReader(await readSharedKey(text(request, "key")));
  },
  async readExported(request) {
    return await keepReader(readExportedKey(text(request, "key")));
  },
  async decryptFromGroup(request) {
    const { plaintext, index } = await reader(request).decrypt(text(request, "message"));
    return { text: decodeUTF8(plaintext), index };
  },
  export(request) {
    return Promise.resolve({ key: reader(request).exportedKey(number(request, "index")) });
  },
};

function device(request: Request) {
  const found = devices[number(request, "device")];
  if (found === undefined) throw new Error("no such device");
  return found;
}

async function keep(session: Session): Promise<object> {
  sessions.push(await storeSession(session, sealing));
  return {
    session: sessions.length - 1,
    id: session.id,
    theirs: encodeBase64(session.theirIdentityKey),
  };
}

function session(request: Request): Promise<Session> {
  const stored = sessions[number(request, "session")];
  if (stored === undefined) throw new Error("no such session");
  return restoreSession(structuredClone(stored), sealing);
}

function writer(request: Request): Promise<OutboundGroupSession> {
  const stored = writers[number(request, "writer")];
  if (stored === undefined) throw new Error("no such writer");
  return restoreOutbound(structuredClone(stored), sealing);
}

async function keepReader(key: SessionKey): Promise<object> {
  const reader = await restoreInbound(structuredClone(await storeInbound(key, sealing)), sealing);
  readers.push(reader);
  return { reader: readers.length - 1, id: reader.id, firstIndex: reader.firstIndex };
}

function reader(request: Request): InboundGroupSession {
  const found = readers[number(request, "reader")];
  if (found === undefined) throw new Error("no such reader");
  return found;
}

function text(request: Request, key: string): string {
  const value = request[key];
  if (typeof value !== "string") throw new Error(`${key} is no text`);
  return value;
}

function number(request: Request, key: string): number {
  const value = request[key];
  if (typeof value !== "number") throw new Error(`${key} is no number`);
  return value;
}

async function answer(line: string): Promise<object> {
  try {
    const request = JSON.parse(line) as Request;
    const verb = verbs[request.do];
    if (verb === undefined) throw new Error(`no such verb: ${request.do}`);
    return await verb(request);
  } catch (error) {
    if (error instanceof CryptoError) return { refused: error.code };
    return { broken: String(error) };
  }
}

let rest = "";
for await (const piece of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + piece).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) console.log(JSON.stringify(await answer(line)));
}
