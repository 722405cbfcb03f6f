// Runs before the first paint (a plain script in <head>): says what this browser knows of its reader.
// Shares its key with the admin's own switch, so one choice holds for the whole site.
(() => {
  const root = document.documentElement;
  root.dataset.scripts = "on";
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    root.dataset.off += localStorage["reading-off"] ?? "";
    if (localStorage.places) root.dataset.places = "";
  } catch {
    // Storage is switched off: the system's theme it is.
  }
})();
