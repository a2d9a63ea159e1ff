import type { CryptoDatabase } from "../../crypto/storage/stores.ts";
import type { AccountDatabaseHandle, AccountStores, AccountTransaction } from "./layout.ts";

/** Another engine has taken this account over; this one must stop. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

/**
 * One account's database, as one engine sees it.
 *
 * Each engine takes a number when it starts. Every write first checks that no later engine has
 * taken one: an engine that was thought gone, in a tab that slept, can wake up and do no harm.
 */
export class AccountDatabase {
  private constructor(
    private readonly database: AccountDatabaseHandle,
    private readonly epoch: number,
  ) {}

  static async claim(database: AccountDatabaseHandle): Promise<AccountDatabase> {
    const epoch = await database.write(["meta"], async (tx) => {
      const last = await tx.get("meta", "epoch");
      const next = last?.name === "epoch" ? last.value + 1 : 1;
      tx.put("meta", { name: "epoch", value: next });
      return next;
    });
    return new AccountDatabase(database, epoch);
  }

  /** The part of it that the cryptography knows of. */
  get forCryptography(): CryptoDatabase {
    return this as unknown as CryptoDatabase;
  }

  read<T>(
    stores: readonly (keyof AccountStores)[],
    work: (tx: AccountTransaction) => Promise<T>,
  ): Promise<T> {
    return this.database.read(stores, work);
  }

  /** - Throws: `Superseded`, and then nothing has been written. */
  write<T>(
    stores: readonly (keyof AccountStores)[],
    work: (tx: AccountTransaction) => Promise<T>,
  ): Promise<T> {
    return this.database.write([...new Set([...stores, "meta" as const])], async (tx) => {
      const last = await tx.get("meta", "epoch");
      if (last?.name === "epoch" && last.value !== this.epoch) {
        throw new Superseded("A later engine runs this account");
      }
      return await work(tx);
    });
  }

  close(): void {
    this.database.close();
  }
}
