import type { JoinRule } from "../../matrix/contract.ts";

/** Who may come in, as people choose it. */
export type Access = "invite" | "knock" | "public";

export const accessRules: Readonly<Record<Access, JoinRule>> = {
  invite: "invite",
  knock: "knock",
  public: "public",
};

export function accessOf(rule: JoinRule): Access {
  switch (rule) {
    case "public":
      return "public";
    case "knock":
    case "knock_restricted":
      return "knock";
    case "invite":
    case "private":
    case "restricted":
      return "invite";
  }
}
