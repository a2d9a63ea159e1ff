import {
  type Answer,
  type Challenge,
  Failure,
  type Interactive,
  type UserID,
} from "../contract.ts";
import { Challenged } from "./Homeserver.ts";
import { arrayIn, field, type JsonObject, optional, stringIn, stringsIn } from "./json.ts";

/** Flows of more stages than this are not meant for people. */
const maxSteps = 8;

/**
 * Goes through user-interactive authentication as far as it goes without the person.
 *
 * `request` sends the request with this `auth` in its body. Returns the server's last answer when
 * it is done.
 *
 * - Spec: User-interactive authentication API
 */
export async function interactively(
  request: (auth: JsonObject | undefined) => Promise<JsonObject>,
  answer: Answer | undefined,
  self?: UserID,
): Promise<{ readonly outcome: Interactive; readonly result?: JsonObject }> {
  let auth = answer && authOf(answer, self);
  for (let step = 0; step < maxSteps; step++) {
    let challenge: Challenge;
    try {
      return { outcome: { done: true }, result: await request(auth) };
    } catch (error) {
      if (!(error instanceof Challenged)) throw error;
      challenge = challengeOf(error.raw);
    }
    if (challenge.next !== "m.login.dummy" || challenge.refused !== undefined) {
      return { outcome: { done: false, challenge } };
    }
    auth = { type: "m.login.dummy", session: challenge.session };
  }
  throw new Failure("BAD_ANSWER", "The server never stops asking.");
}

/** The stages that we can go through, by how little they ask of the person. */
const preference = [
  "m.login.dummy",
  "m.login.password",
  "m.login.terms",
  "m.login.registration_token",
  "m.login.email.identity",
];

function challengeOf(raw: JsonObject): Challenge {
  const flows = flowsIn(raw);
  const completed = stringsIn(raw, "completed");
  const refused = stringIn(raw, "errcode");
  const known = flows.filter((flow) => flow.every((stage) => preference.includes(stage)));
  const flow = [...(known.length > 0 ? known : flows)].sort((a, b) => cost(a) - cost(b))[0] ?? [];
  const next = flow.find((stage) => !completed.includes(stage));
  if (next === undefined) throw new Failure("BAD_ANSWER", "The server asks for nothing.");
  return {
    session: stringIn(raw, "session") ?? "",
    flows,
    completed,
    next,
    params: field(field(raw, "params"), next),
    ...optional(
      "refused",
      refused === undefined
        ? undefined
        : { code: refused, message: (stringIn(raw, "error") ?? "").slice(0, 1_000) },
    ),
  };
}

export function flowsIn(raw: unknown): string[][] {
  return arrayIn(raw, "flows").map((flow) => [...stringsIn(flow, "stages")]);
}

function cost(flow: readonly string[]): number {
  return flow.reduce((sum, stage) => sum + 1 + Math.max(0, preference.indexOf(stage)), 0);
}

function authOf(answer: Answer, self: UserID | undefined): JsonObject {
  const base = { type: answer.stage, session: answer.session };
  switch (answer.stage) {
    case "m.login.password":
      return {
        ...base,
        password: answer.password,
        ...optional("identifier", self && { type: "m.id.user", user: self }),
      };
    case "m.login.registration_token":
      return { ...base, token: answer.token };
    case "m.login.email.identity": {
      const { sid, clientSecret } = answer;
      return { ...base, threepid_creds: { sid, client_secret: clientSecret } };
    }
    default:
      return base;
  }
}
