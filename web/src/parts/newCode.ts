import type { Security } from "../matrix/contract.ts";

/**
 * Makes a new recovery code, which `Security.state` then shows.
 *
 * - Returns: `password` when the server wants the password, or the one given was wrong.
 */
export async function makeCode(
  security: Pick<Security, "createCode">,
  password?: string,
): Promise<"done" | "password"> {
  const first = await security.createCode();
  const outcome = first.done || password === undefined ? first : await security.createCode({
    session: first.challenge.session,
    stage: "m.login.password",
    password,
  });
  return outcome.done ? "done" : "password";
}
