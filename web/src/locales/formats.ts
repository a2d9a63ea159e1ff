import type { Language, Translate } from "./translate.ts";

/** Dates, sizes and lists, as this language writes them. */
export type Formats = {
  /** « 14:05 » */
  time(ts: number): string;
  /** « Aujourd’hui », « Hier », « lundi 3 mars », with the year when it is not this one. */
  day(ts: number, now: number): string;
  /** As short as a row of a list allows: « 14:05 », « Hier », « lundi », « 3 mars », « 03/03/2025 ». */
  brief(ts: number, now: number): string;
  /** « 3 mars 2025 » */
  date(ts: number): string;
  /** « lundi 3 mars 2025 à 14:05 » */
  full(ts: number): string;
  /** « 1,4 Mo » */
  size(bytes: number): string;
  /** « 1:05 » */
  duration(ms: number): string;
  number(value: number): string;
  /** « Amélie, Basile et Chloé » */
  list(names: readonly string[]): string;
};

const DAY_MS = 24 * 60 * 60 * 1000;

/** `timeZone` is for tests; otherwise the device's. */
export function formats(language: Language, t: Translate, timeZone?: string): Formats {
  const locale = language === "fr" ? "fr-FR" : "en-GB";
  const zone = timeZone === undefined ? {} : { timeZone };
  const date = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, ...zone });
  const time = date({ hour: "2-digit", minute: "2-digit" });
  const weekday = date({ weekday: "long" });
  const dayMonth = date({ weekday: "long", day: "numeric", month: "long" });
  const dayMonthYear = date({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const plainDate = date({ day: "numeric", month: "long", year: "numeric" });
  const shortDay = date({ day: "numeric", month: "short" });
  const numeric = date({ day: "2-digit", month: "2-digit", year: "numeric" });
  const year = date({ year: "numeric" });
  const stamp = date({ day: "2-digit", month: "2-digit", year: "numeric" });
  const list = new Intl.ListFormat(locale, { style: "long", type: "conjunction" });
  const whole = new Intl.NumberFormat(locale);
  const units = sizeUnits.map((unit) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 })
  );

  /** How many midnights lie between two times: 0 today, 1 yesterday. */
  const daysAgo = (ts: number, now: number): number => {
    if (stamp.format(ts) === stamp.format(now)) return 0;
    if (stamp.format(ts) === stamp.format(now - DAY_MS)) return 1;
    return Math.max(2, Math.round((now - ts) / DAY_MS));
  };

  return {
    time: (ts) => time.format(ts),
    day(ts, now) {
      const ago = daysAgo(ts, now);
      if (ago === 0) return t("time.today");
      if (ago === 1) return t("time.yesterday");
      return (year.format(ts) === year.format(now) ? dayMonth : dayMonthYear).format(ts);
    },
    brief(ts, now) {
      const ago = daysAgo(ts, now);
      if (ago === 0) return time.format(ts);
      if (ago === 1) return t("time.yesterday");
      if (ago < 7) return weekday.format(ts);
      return (year.format(ts) === year.format(now) ? shortDay : numeric).format(ts);
    },
    date: (ts) => plainDate.format(ts),
    full: (ts) => t("time.full", { day: dayMonthYear.format(ts), time: time.format(ts) }),
    size(bytes) {
      const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
      return units[power]?.format(bytes / 1000 ** power) ?? "";
    },
    duration(ms) {
      const seconds = Math.round(ms / 1000);
      return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    },
    number: (value) => whole.format(value),
    list: (names) => list.format(names),
  };
}

const sizeUnits = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
