export * from "../../platform/json.ts";
