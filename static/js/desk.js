// The desk by keyboard. Every key presses a button or link that is on the page and says so; the
// page works the same without any of it. No dependencies, nothing evaluated (the CSP forbids it).
"use strict";

(() => {
  // A key that was still meant for the page before does nothing on this one.
  const SETTLE_MS = 350;
  const SWITCH = "desk-keys";
  const page = document.documentElement;
  let leaving = false;
  let changed = false;

  // --- Keys --------------------------------------------------------------------------------------

  const isTyping = (element) =>
    element instanceof Element && element.closest("input, textarea, select, [contenteditable]");

  // The letter as it is written on the button: on a Cyrillic layout by its place on the keyboard.
  function letterOf(event) {
    if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
    return /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : "";
  }

  const areOff = () => localStorage.getItem(SWITCH) === "off";

  function press(target, event) {
    event.preventDefault();
    if (leaving) return;
    leaving = true;
    target.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || page.dataset.keys !== "ready") return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const sends = event.target.closest?.("form[data-ask]")?.querySelector("[data-sends]");
      if (sends) press(sends, event);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Escape") return goBack(event);
    if (isTyping(event.target) || areOff()) return;
    const letter = letterOf(event);
    const target = letter && document.querySelector(`[data-key="${letter}"]`);
    if (target) press(target, event);
  });

  // What was typed is not thrown away by one slip: the first Escape only leaves the field.
  function goBack(event) {
    const back = document.querySelector("[data-back]");
    if (!back) return;
    if (changed && isTyping(document.activeElement)) {
      document.activeElement.blur();
      return;
    }
    press(back, event);
  }

  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  document.addEventListener("submit", (event) => {
    if (event.target.closest("[data-ask]")) changed = false;
  });
  setTimeout(() => {
    page.dataset.keys = "ready";
  }, SETTLE_MS);

  // Somebody who dictates, or whose keyboard sends letters by itself, switches them off.
  for (const place of document.querySelectorAll("[data-keys-switch]")) {
    const button = place.querySelector("button");
    const show = () => {
      button.setAttribute("aria-pressed", String(!areOff()));
      page.classList.toggle("keys-off", areOff());
    };
    button.addEventListener("click", () => {
      localStorage.setItem(SWITCH, areOff() ? "on" : "off");
      show();
    });
    place.hidden = false;
    show();
  }

  // --- The seconds in which it can be undone ---------------------------------------------------------

  for (const form of document.querySelectorAll("form[data-seconds]")) {
    const ends = performance.now() + Number(form.dataset.seconds) * 1000;
    const left = form.querySelector("[data-left]");
    const tick = () => {
      const seconds = Math.ceil((ends - performance.now()) / 1000);
      if (seconds <= 0) {
        form.classList.add("is-over");
        form.querySelector("button").disabled = true;
        form.querySelector("[data-key]").removeAttribute("data-key");
        return;
      }
      left.textContent = String(seconds);
      setTimeout(tick, 250);
    };
    tick();
  }

  // --- What a decision asks ----------------------------------------------------------------------

  for (const form of document.querySelectorAll("form[data-ask]")) {
    const summary = form.querySelector("[data-error-summary]");
    const first = form.querySelector("input:not([type=hidden]), textarea, select");
    // Only once the page is there: going to the place named in its address takes the focus away.
    window.addEventListener("load", () => setTimeout(() => (summary ?? first)?.focus()));
    form.addEventListener("input", () => {
      changed = true;
    });
    markWhatAReplyIsAbout(form);
  }

  // A saved reply brings its fields; those of the reply chosen before go with it.
  function markWhatAReplyIsAbout(form) {
    let before = [];
    form.addEventListener("change", (event) => {
      if (event.target.name !== "reply") return;
      const about = (event.target.dataset.fields ?? "").split(" ").filter(Boolean);
      for (const box of form.querySelectorAll("[name=fields_to_correct]")) {
        if (about.includes(box.value)) box.checked = true;
        else if (before.includes(box.value)) box.checked = false;
      }
      before = about;
    });
  }
})();
