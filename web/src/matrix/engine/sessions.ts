import type { Clock } from "../../platform/Clock.ts";
import { Challenged, type Homeserver } from "../api/Homeserver.ts";
import { asUserID } from "../api/identifiers.ts";
import { flowsIn, interactively } from "../api/interactive.ts";
import { arrayIn, field, type JsonObject, optional, stringIn } from "../api/json.ts";
import {
  type Answer,
  Failure,
  type Interactive,
  type NewAccount,
  type SignInMethods,
  type SignUpOffer,
} from "../contract.ts";
import type { SessionRecord } from "../storage/records.ts";
import { expiryOf } from "./SessionTokens.ts";

/** - Spec: GET /_matrix/client/v3/login */
export async function signInMethods(server: Homeserver): Promise<SignInMethods> {
  const answer = await server.ask({ method: "GET", path: "/v3/login", isAuthorized: false });
  const flows = arrayIn(answer, "flows");
  const sso = flows.find((flow) => stringIn(flow, "type") === "m.login.sso");
  const providers = arrayIn(sso, "identity_providers").flatMap((raw) => {
    const id = stringIn(raw, "id");
    return id === undefined ? [] : [{ id, name: stringIn(raw, "name") ?? id }];
  });
  return {
    password: flows.some((flow) => stringIn(flow, "type") === "m.login.password"),
    singleSignOn: sso !== undefined && providers.length === 0 ? [{ id: "", name: "" }] : providers,
  };
}

/** - Spec: POST /_matrix/client/v3/login */
export async function logIn(
  server: Homeserver,
  clock: Clock,
  credentials: JsonObject,
  deviceName: string,
  deviceID: string | undefined,
): Promise<SessionRecord> {
  const answer = await server.ask({
    method: "POST",
    path: "/v3/login",
    body: {
      ...credentials,
      initial_device_display_name: deviceName,
      refresh_token: true,
      ...optional("device_id", deviceID),
    },
    isAuthorized: false,
  });
  return sessionIn(answer, server.baseURL, clock);
}

/** What a person types as their name: a localpart, a user ID, or an e-mail address. */
export function passwordCredentials(user: string, password: string): JsonObject {
  const name = user.trim();
  const isAddress = !name.startsWith("@") && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(name);
  return {
    type: "m.login.password",
    identifier: isAddress
      ? { type: "m.id.thirdparty", medium: "email", address: name }
      : { type: "m.id.user", user: name },
    password,
  };
}

/** - Spec: POST /_matrix/client/v3/register; an empty request tells the flows. */
export async function signUpOffer(server: Homeserver): Promise<SignUpOffer> {
  try {
    await server.ask({ method: "POST", path: "/v3/register", body: {}, isAuthorized: false });
  } catch (error) {
    if (error instanceof Challenged) return { open: true, flows: flowsIn(error.raw) };
    if (error instanceof Failure && error.code !== "OFFLINE") return { open: false };
    throw error;
  }
  throw new Failure("BAD_ANSWER", "The server makes accounts for nobody.");
}

export async function checkUsername(server: Homeserver, username: string): Promise<void> {
  await server.ask({
    method: "GET",
    path: "/v3/register/available",
    query: { username },
    isAuthorized: false,
  });
}

/** - Spec: POST /_matrix/client/v3/register */
export async function signUp(
  server: Homeserver,
  clock: Clock,
  account: NewAccount,
  deviceName: string,
  answer: Answer | undefined,
): Promise<{ readonly outcome: Interactive; readonly session?: SessionRecord }> {
  const request = (auth: JsonObject | undefined) =>
    server.ask({
      method: "POST",
      path: "/v3/register",
      body: {
        username: account.username.trim(),
        password: account.password,
        initial_device_display_name: deviceName,
        refresh_token: true,
        ...optional("auth", auth),
      },
      isAuthorized: false,
    });
  const { outcome, result } = await interactively(request, answer);
  return {
    outcome,
    ...optional("session", result && sessionIn(result, server.baseURL, clock)),
  };
}

/** - Spec: POST /_matrix/client/v3/logout. `server` has the token of the session that ends. */
export async function logOut(server: Homeserver): Promise<void> {
  await server.ask({ method: "POST", path: "/v3/logout", body: {}, timeoutMS: 10_000 });
}

function sessionIn(answer: JsonObject, baseURL: string, clock: Clock): SessionRecord {
  const userID = asUserID(field(answer, "user_id"));
  const deviceID = stringIn(answer, "device_id");
  const accessToken = stringIn(answer, "access_token");
  if (userID === undefined || deviceID === undefined || accessToken === undefined) {
    throw new Failure("BAD_ANSWER", "The answer is no session.");
  }
  return {
    name: "session",
    baseURL,
    userID,
    deviceID,
    accessToken,
    ...optional("refreshToken", stringIn(answer, "refresh_token")),
    ...optional("expiresTS", expiryOf(answer, clock.now())),
    isLocked: false,
  };
}
