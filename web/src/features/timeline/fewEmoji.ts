/** At most this many emoji alone are drawn large. */
const FEW = 6;

/** Whether a text is nothing but a few emoji. */
export function isFewEmoji(text: string): boolean {
  if (text.length > 60 || !/^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u.test(text)) {
    return false;
  }
  if (/[0-9#*]/.test(text) || !/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(text)) {
    return false;
  }
  const letters = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)];
  return letters.filter(({ segment }) => segment.trim() !== "").length <= FEW;
}
