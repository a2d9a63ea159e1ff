/** Set by build.mjs. */
declare const DEV: boolean;
/** Set by build.mjs: the path of the engine's script. */
declare const ENGINE_URL: string;
