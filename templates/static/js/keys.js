/* Keys that lead to the buttons of a page, and press only those that say so. They can be
   switched off, and stay so. Without this file the page has everything but the keys. */
"use strict";

(() => {
  const box = document.querySelector("[data-keys]");
  const show = document.querySelector("[data-keys-show]");
  const say = document.querySelector("[data-keys-say]");
  const turn = document.querySelector("[data-keys-switch]");
  let areOn = true;
  try {
    areOn = localStorage.keys !== "off";
  } catch {
    // A browser that keeps nothing has its keys on, until they are switched off here.
  }

  const tell = () => {
    turn.setAttribute("aria-checked", String(areOn));
    for (const target of document.querySelectorAll("[data-key]")) {
      if (areOn) target.setAttribute("aria-keyshortcuts", target.dataset.key);
      else target.removeAttribute("aria-keyshortcuts");
    }
  };

  turn.addEventListener("click", () => {
    areOn = !areOn;
    try {
      localStorage.keys = areOn ? "on" : "off";
    } catch {
      // It holds for this page.
    }
    tell();
  });
  show.addEventListener("click", () => box.showModal());
  box.querySelector("[data-keys-close]").addEventListener("click", () => box.close());

  const isTyping = (target) =>
    target instanceof Element &&
    (target.isContentEditable || target.matches("input, textarea, select"));

  /* What is sent once is not sent again while its answer is under way. */
  let isSent = false;
  addEventListener("submit", (event) => {
    if (!event.target.matches("[data-once]")) return;
    if (isSent) event.preventDefault();
    isSent = true;
  });
  addEventListener("pageshow", () => { isSent = false; });

  const lead = (target) => {
    if ("keyPresses" in target.dataset) {
      target.click();
      target.parentElement.querySelector("details > form :is(select, input:not([type=hidden]))")?.focus();
      return;
    }
    if (target.matches("a")) {
      location.assign(target.href);
      return;
    }
    const words = document.getElementById(target.dataset.keyWords ?? "");
    const isToBeSaid = words !== null && words.value.trim() === "";
    (isToBeSaid ? words : target).focus();
    say.textContent = isToBeSaid ? `Say why, then: ${target.textContent.trim()}.` : "";
  };

  addEventListener("keydown", (event) => {
    const isHeld = event.repeat || event.ctrlKey || event.altKey || event.metaKey;
    if (!areOn || box.open || isHeld || event.isComposing || isTyping(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      box.showModal();
      return;
    }
    const key = event.shiftKey ? "" : event.key.toLowerCase();
    const target = /^[a-z]$/.test(key) && document.querySelector(`[data-key="${key}"]`);
    if (!target) return;
    // The letter would be typed into what it leads to.
    event.preventDefault();
    lead(target);
  });

  show.hidden = false;
  tell();
})();
