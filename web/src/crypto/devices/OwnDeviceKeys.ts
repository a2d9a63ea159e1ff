import type { JsonObject } from "../../platform/json.ts";
import type { Account } from "../Account.ts";
import type { DeviceLists } from "./DeviceLists.ts";

/** Our device keys as we tell them to others: with our owner's signature, where we know of it. */
export class OwnDeviceKeys {
  constructor(private readonly account: Account, private readonly lists: DeviceLists) {}

  async current(): Promise<JsonObject> {
    const devices = await this.lists.knownDevicesOf(this.account.userID);
    const published = devices.find((device) => device.deviceID === this.account.deviceID);
    return this.account.deviceKeysAs(published?.object);
  }
}
