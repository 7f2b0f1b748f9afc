// Counts whatever the content security policy had to forbid; nothing, if all is well.
document.documentElement.dataset.violations = "0";
document.addEventListener("securitypolicyviolation", (event) => {
  const seen = Number(document.documentElement.dataset.violations) + 1;
  document.documentElement.dataset.violations = String(seen);
  document.documentElement.dataset.violated = `${event.effectiveDirective} ${event.blockedURI}`;
});
