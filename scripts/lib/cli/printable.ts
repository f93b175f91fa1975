/**
 * A text as a terminal or a log may show it. Part of what is printed comes from tenants: their
 * greeting, logs, events, object names, their API server's errors. What moves the cursor, colours,
 * turns the direction of text or cannot be seen is written as JSON would, `\u001b`, so that a line
 * of JSON still means the same. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(INVISIBLE, escapeUnits)
    .replaceAll(COMMAND_AT_LINE_START, '$1\\u003a:')
    .replaceAll(COMMAND_ANYWHERE, '\\u0023#');
}

/**
 * Control, format and other invisible characters. Variation selectors belong to the character
 * before them; the two joiners stand inside words and emoji, where a tenant's name may have them.
 */
const INVISIBLE =
  /(?!\p{Variation_Selector}|(?<=[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200C\u200D](?=[\p{L}\p{Extended_Pictographic}]))[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}](?<![\n\t])/gu;

/** GitHub Actions takes `::error::` at the start of a line as a command, and `##[error]` anywhere. */
const COMMAND_AT_LINE_START = /^(\s*)::/gmu;
const COMMAND_ANYWHERE = /##(?=\w*\[)/gu;

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}
