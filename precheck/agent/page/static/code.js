// The appointment code as a person types it: what `precheck.contract.code` says, at once.

const DIGITS = 10;
const SEPARATORS = /[\s\x1c-\x1f\x85\-‐‑‒–—―−－ーｰ\u200b\ufeff]/g;
const DAMM = [
  "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
  "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
];

// The digits in `typed`, and what is wrong with them: null, "letters", "count" or "wrong".
export function readCode(typed) {
  const digits = typed
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(SEPARATORS, "");
  return { digits, problem: problemOf(digits) };
}

export function grouped(digits) {
  return `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`.trim();
}

function problemOf(digits) {
  if (/[^0-9]/.test(digits)) return "letters";
  if (digits.length !== DIGITS) return "count";
  let interim = "0";
  for (const digit of digits) interim = DAMM[interim][digit];
  return interim === "0" ? null : "wrong";
}
