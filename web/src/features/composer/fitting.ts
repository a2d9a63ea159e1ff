/** Which files the server would refuse for their size. */
export function fitting(
  files: readonly { readonly size: number }[],
  maxBytes: number | undefined,
): { readonly tooLarge: readonly number[]; readonly canSend: boolean } {
  const tooLarge = files.flatMap((file, index) =>
    maxBytes !== undefined && file.size > maxBytes ? [index] : []
  );
  return { tooLarge, canSend: files.length > 0 && tooLarge.length === 0 };
}
