// Before the first paint: the theme the reader chose. A classic script, since modules wait for the page.
(function () {
  "use strict";
  try {
    const chosen = localStorage.getItem("kabar.theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // No storage: the system's theme it is.
  }
})();
