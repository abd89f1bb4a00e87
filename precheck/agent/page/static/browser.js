// Which browser this is, for the words on its screens. Edge calls itself Chrome, too, and both
// Safari.

export function browserName() {
  const named = [["Edg/", "edge"], ["Firefox/", "firefox"], ["Chrome/", "chrome"], ["Safari/", "safari"]];
  return named.find(([sign]) => navigator.userAgent.includes(sign))?.[1] ?? "other";
}

// What it means that a camera or microphone did not start: what is shown, and what is reported.
export function whyNot(error) {
  const none = { phase: "none", outcome: "browser_none" };
  return {
    NotAllowedError: { phase: "denied", outcome: "browser_denied" },
    SecurityError: { phase: "denied", outcome: "browser_denied" },
    NotFoundError: none,
    OverconstrainedError: none,
  }[error.name] ?? { phase: "busy", outcome: "not_started" };
}
