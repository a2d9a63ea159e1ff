import { assertEquals, assertRejects } from "../../platform/assert.ts";
import { randomBytes } from "../primitives/bytes.ts";
import {
  type AccountSecrets,
  defaultKeyID,
  type NewCode,
  openSecrets,
  planCode,
} from "./codePlan.ts";
import { readKeyDescription, recognizeKey } from "./keyDescription.ts";
import { secretNames } from "./storedSecret.ts";

function someSecrets(): AccountSecrets {
  const entries = Object.values(secretNames).map((name) => [name, randomBytes(32)]);
  return Object.fromEntries(entries) as AccountSecrets;
}

function someCode(number: number): NewCode {
  const key = randomBytes(32);
  return { keyID: `key${number}`, key, name: "Code", number, createdTS: number };
}

/** Account data on a server, and what a client does with it. */
class Account {
  readonly data = new Map<string, unknown>();
  readonly read = (type: string) => this.data.get(type);

  async adopt(code: NewCode, secrets: AccountSecrets, stopAfter = Infinity): Promise<number> {
    const { prepare, finish } = await planCode(code, secrets, this.read);
    const writes = [...prepare, ...finish];
    for (const { type, content } of writes.slice(0, stopAfter)) {
      this.data.set(type, JSON.parse(JSON.stringify(content)));
    }
    return writes.length;
  }

  /** Whether the default key is of this code, and opens all. */
  async isOpenedBy({ keyID, key }: NewCode, secrets: AccountSecrets): Promise<boolean> {
    if (defaultKeyID(this.read) !== keyID) return false;
    const opened = await openSecrets(keyID, key, this.read);
    return Object.values(secretNames).every((name) =>
      String(opened[name]) === String(secrets[name])
    );
  }
}

Deno.test("A first code opens all that was put under it", async () => {
  const [account, code, secrets] = [new Account(), someCode(1), someSecrets()];
  assertEquals(await account.adopt(code, secrets), 6);
  assertEquals(await account.isOpenedBy(code, secrets), true);
  await assertRejects(openSecrets(code.keyID, randomBytes(32), account.read), "BAD_MAC");
  assertEquals(await openSecrets("other", code.key, account.read), {});
});

Deno.test("Wherever a change of code stops, exactly one code opens everything", async () => {
  const secrets = someSecrets();
  const [former, next] = [someCode(1), someCode(2)];
  for (let stop = 0; stop <= 10; stop++) {
    const account = new Account();
    await account.adopt(former, secrets);
    assertEquals(await account.adopt(next, secrets, stop), 10);
    const open = [
      await account.isOpenedBy(former, secrets),
      await account.isOpenedBy(next, secrets),
    ];
    assertEquals(open, [stop < 6, stop >= 6], `stopped after ${stop}`);
    // Begun again with one more code, it ends well.
    await account.adopt(someCode(3), secrets);
    assertEquals(defaultKeyID(account.read), "key3");
  }
});

Deno.test("A former code opens nothing any more, and is recognized", async () => {
  const account = new Account();
  const secrets = someSecrets();
  const [former, next] = [someCode(1), someCode(2)];
  await account.adopt(former, secrets);
  await account.adopt(next, secrets);
  assertEquals(await openSecrets(former.keyID, former.key, account.read), {});
  const kept = ["key1", "key2"].flatMap((id) =>
    readKeyDescription(id, account.read(`m.secret_storage.key.${id}`)) ?? []
  );
  assertEquals((await recognizeKey(former.key, kept))?.number, 1);
});

Deno.test("One damaged secret does not hide the others", async () => {
  const [account, code, secrets] = [new Account(), someCode(1), someSecrets()];
  await account.adopt(code, secrets);
  account.data.set(secretNames.backup, { encrypted: { key1: { iv: 5 } } });
  const opened = await openSecrets("key1", code.key, account.read);
  assertEquals(Object.keys(opened).length, 3);
  for (const strange of [undefined, null, 5, { key: 5 }, { key: "" }, { key: "key9" }]) {
    account.data.set("m.secret_storage.default_key", strange);
    assertEquals(defaultKeyID(account.read), undefined);
  }
});
