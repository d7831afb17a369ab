/* Light, dark, or as the system has it. Read before the page is drawn; the admin keeps
   the same choice under the same name. Without this file the system decides. */
"use strict";

(() => {
  const order = ["auto", "light", "dark"];
  const words = { auto: "as the system", light: "light", dark: "dark" };
  const kept = () => {
    try {
      return order.includes(localStorage.theme) ? localStorage.theme : "auto";
    } catch {
      return "auto";
    }
  };

  const show = (theme) => {
    document.documentElement.dataset.theme = theme;
    for (const label of document.querySelectorAll("[data-theme-name]")) {
      label.textContent = words[theme];
    }
    document.dispatchEvent(new CustomEvent("themechange"));
  };

  show(kept());

  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const next = order[(order.indexOf(kept()) + 1) % order.length];
        try {
          localStorage.theme = next;
        } catch {
          // A browser that keeps nothing still shows the choice until the next page.
        }
        show(next);
      });
    }
    show(kept());
  });
})();
