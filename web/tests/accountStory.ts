/**
 * One account's secrets against a real homeserver, for acceptance/crypto/test_account.py: set up,
 * opened, backed up, under a new code, and begun anew. Prints what was seen, as one JSON object.
 *
 *   deno run --allow-net tests/accountStory.ts URL USER_ID DEVICE_ID ACCESS_TOKEN PASSWORD
 */
import { openAccount } from "../src/crypto/account/openAccount.ts";
import { makeNewKeys, type NewKeys, setUpAccount } from "../src/crypto/account/setUpAccount.ts";
import { backupProof, readBackupVersion } from "../src/crypto/backup/backupVersion.ts";
import { BackupWork, type RoomKeyStore } from "../src/crypto/backup/BackupWork.ts";
import { RestoreQueue } from "../src/crypto/backup/RestoreQueue.ts";
import type { ExportedSession } from "../src/crypto/backup/sessionData.ts";
import { readDeviceKeys } from "../src/crypto/crosssigning/deviceKeys.ts";
import { isDeviceSigned, readIdentity } from "../src/crypto/crosssigning/publicIdentity.ts";
import { encodeBase64 } from "../src/crypto/primitives/base64.ts";
import { concat, randomBytes } from "../src/crypto/primitives/bytes.ts";
import { generateEd25519 } from "../src/crypto/primitives/ed25519.ts";
import { signJSON } from "../src/crypto/primitives/signedJSON.ts";
import { importX25519 } from "../src/crypto/primitives/x25519.ts";
import { keyDescriptionPrefix, readKeyDescription } from "../src/crypto/secrets/keyDescription.ts";
import { writeRecoveryCode } from "../src/crypto/secrets/recoveryCode.ts";
import { secretNames } from "../src/crypto/secrets/storedSecret.ts";
import { Homeserver } from "../src/matrix/api/Homeserver.ts";
import { HomeserverSecrets } from "../src/matrix/encryption/HomeserverSecrets.ts";
import { systemClock } from "../src/platform/Clock.ts";
import { field, objectIn } from "../src/platform/json.ts";

const [url, userID, deviceID, token, password] = Deno.args as [
  string,
  string,
  string,
  string,
  string,
];
const server = new Homeserver(url, fetch, systemClock, {
  current: () => Promise.resolve(token),
  afterRefusal: (_refused, reason) => Promise.reject(reason),
});
const secrets = new HomeserverSecrets(server, userID);
const seen: Record<string, unknown> = {};

// The device publishes itself.
const { publicKey, privateKey } = await generateEd25519();
const signed = await signJSON(
  {
    user_id: userID,
    device_id: deviceID,
    algorithms: ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
    keys: {
      [`ed25519:${deviceID}`]: encodeBase64(publicKey),
      [`curve25519:${deviceID}`]: encodeBase64(randomBytes(32)),
    },
  },
  userID,
  `ed25519:${deviceID}`,
  privateKey,
);
await server.post("/v3/keys/upload", { device_keys: signed });
const deviceKeys = await readDeviceKeys(userID, deviceID, signed);
const owner = { userID, device: { deviceID, privateKey }, deviceKeys };

const made: NewKeys[] = [];
function newKeys(former?: NewKeys): NewKeys {
  const about = { name: "Code", number: made.length + 1, createdTS: Date.now() };
  const keys = makeNewKeys(about, former?.secrets);
  made.push(keys);
  return keys;
}

/** `opened`, `wrong`, or the number of the former code that it is. */
async function opening({ code }: NewKeys): Promise<unknown> {
  const data = new Map<string, unknown>();
  const described = made.map((keys) => keys.code.keyID);
  const types = [
    "m.secret_storage.default_key",
    ...Object.values(secretNames),
    ...described.map((keyID) => keyDescriptionPrefix + keyID),
  ];
  for (const type of types) data.set(type, await secrets.accountData(type));
  const identity = await readIdentity(userID, await secrets.signingKeys());
  if (identity === undefined) return "no identity";
  const descriptions = described.flatMap((keyID) =>
    readKeyDescription(keyID, data.get(keyDescriptionPrefix + keyID)) ?? []
  );
  const typed = writeRecoveryCode(code.key);
  const outcome = await openAccount(typed, (type) => data.get(type), descriptions, identity);
  if (outcome.done) return "opened";
  return outcome.reason === "former" ? outcome.former.number : outcome.reason;
}

// 1. In one step, and once more, which changes nothing.
const first = newKeys();
seen.setUp = (await setUpAccount(first, owner, secrets)).done;
seen.again = (await setUpAccount(first, owner, secrets)).done;
seen.first = await opening(first);
const identity = await readIdentity(userID, await secrets.signingKeys());
const answer = await server.post("/v3/keys/query", { device_keys: { [userID]: [] } });
const published = field(objectIn(objectIn(answer, "device_keys"), userID), deviceID);
const device = await readDeviceKeys(userID, deviceID, published);
seen.isDeviceSigned = await isDeviceSigned(device, identity);

// 2. The backup: three uploads, the last of nothing; then all of it back.
const version = readBackupVersion(await secrets.backupVersion());
seen.proof = await backupProof(version, undefined, identity, []);
const roomID = "!salon:culture.example";
const sessions = Array.from({ length: 250 }, (): ExportedSession => {
  const ed25519 = randomBytes(32);
  return {
    roomID,
    sessionID: encodeBase64(ed25519),
    sessionKey: encodeBase64(concat(Uint8Array.of(1, 0, 0, 0, 0), randomBytes(128), ed25519)),
    firstIndex: 0,
    senderKey: encodeBase64(randomBytes(32)),
    forwardingChain: [],
    isShareable: true,
  };
});
let waiting = sessions;
const restored = new Set<string>();
const store: RoomKeyStore = {
  waiting: (limit) =>
    Promise.resolve(waiting.slice(0, limit).map((session) => ({ session, isVerified: true }))),
  markStored: (stored) => Promise.resolve(void (waiting = waiting.slice(stored.length))),
  add: (added) => Promise.resolve(added.forEach(({ sessionID }) => restored.add(sessionID))),
};
const work = new BackupWork(version, secrets, store);
const upload = () => work.uploadOnce();
seen.uploads = [await upload(), await upload(), await upload()];
const queue = new RestoreQueue();
queue.want(roomID, sessions[3]!.sessionID, 0);
queue.want(roomID, "nowhere", 0);
queue.addRooms([roomID, "!vide:culture.example"]);
const pair = await importX25519(first.secrets[secretNames.backup]);
while (await work.restoreOnce(queue, pair, 0));
seen.restored = restored.size;

// 3. A new code for the same keys.
const second = newKeys(first);
seen.newCode = (await setUpAccount(second, owner, secrets)).done;
seen.second = [await opening(first), await opening(second)];

// 4. Everything anew, for which the server wants the password.
const third = newKeys();
const asked = await setUpAccount(third, owner, secrets);
seen.asked = asked.done ? undefined : asked.challenge.next;
seen.meanwhile = await opening(second);
if (!asked.done) {
  const { session } = asked.challenge;
  const given = { session, stage: "m.login.password", password } as const;
  seen.anew = (await setUpAccount(third, owner, secrets, given)).done;
}
seen.third = [await opening(first), await opening(second), await opening(third)];
waiting = sessions.slice(0, 1);
seen.formerBackup = await upload();

console.log(JSON.stringify(seen));
