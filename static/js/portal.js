// What script adds to pages that work without it: focus on errors, autosave, photo preview.
// Small, no dependencies, no inline handlers, nothing evaluated (the CSP forbids it).
"use strict";

(() => {
  const QUIET_MS = 2000;

  // Signing in again in another tab makes a new token. The cookie has it, the open form does not:
  // without this a long form would be refused after its session ended.
  function renewCsrfToken(form) {
    const field = form.querySelector("[name=csrfmiddlewaretoken]");
    const cookie = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    if (field && cookie) field.value = cookie[1];
    return field?.value ?? "";
  }

  // --- The error summary takes the focus ---------------------------------------------------------

  function focusErrorSummary() {
    const summary = document.querySelector("[data-error-summary]");
    if (!summary) return;
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      (field.closest(".question") ?? field).scrollIntoView({ block: "start" });
      field.focus({ preventScroll: true });
    });
  }

  // --- Autosave ----------------------------------------------------------------------------------
  // The server keeps the draft and its version. A save that it refuses stops the saving, says so,
  // and leaves what was typed on the page.

  class Autosave {
    constructor(form) {
      this.form = form;
      this.url = form.dataset.autosaveUrl || form.action;
      this.notice = form.querySelector("[data-saved-state]") ?? document.querySelector("[data-saved-state]");
      this.unsaved = false;
      this.stopped = false;
      this.leaving = false;
      this.pending = null;
      this.timer = 0;
      form.addEventListener("input", () => this.noticeChange());
      form.addEventListener("change", () => this.noticeChange());
      form.addEventListener("focusout", () => this.save());
      form.addEventListener("submit", (event) => this.leave(event));
      window.addEventListener("online", () => this.save());
      window.addEventListener("beforeunload", (event) => {
        if (this.unsaved) event.preventDefault();
      });
    }

    noticeChange() {
      this.unsaved = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), QUIET_MS);
    }

    // A save that is still on its way makes the version on the page an old one: the form goes
    // after it, with the new version, or its own owner would be told that somebody else was faster.
    leave(event) {
      clearTimeout(this.timer);
      if (this.pending) {
        event.preventDefault();
        if (!this.leaving) this.pending.finally(() => this.form.requestSubmit(event.submitter));
        this.leaving = true;
        return;
      }
      this.unsaved = false;
      this.stopped = true;
    }

    save() {
      if (!this.unsaved || this.stopped || this.leaving || this.pending) return;
      clearTimeout(this.timer);
      this.unsaved = false;
      this.pending = this.send().finally(() => {
        this.pending = null;
      });
    }

    async send() {
      const token = renewCsrfToken(this.form);
      let answer;
      try {
        answer = await fetch(this.url, {
          method: "POST",
          body: this.typed(),
          credentials: "same-origin",
          redirect: "manual",
          headers: { "X-Autosave": "1", "X-CSRFToken": token, Accept: "application/json" },
        });
      } catch {
        this.unsaved = true;
        this.say(this.words("offline"), true);
        return;
      }
      await this.read(answer);
    }

    // Files go with the form itself: an autosave carries what was typed.
    typed() {
      const typed = new FormData(this.form);
      for (const input of this.form.querySelectorAll("input[type=file]")) typed.delete(input.name);
      return typed;
    }

    async read(answer) {
      const said = await answer.json().catch(() => ({}));
      if (answer.ok) {
        const version = this.form.elements.namedItem("version");
        if (version && said.version !== undefined) version.value = said.version;
        this.say(said.message, false);
        if (this.unsaved) this.noticeChange();
        return;
      }
      this.unsaved = true;
      const ended = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
      if (answer.status === 409) this.stopped = true;
      this.say(said.message ?? this.words(ended ? "ended" : "failed"), true);
    }

    words(reason) {
      return this.notice?.getAttribute(`data-words-${reason}`) ?? "";
    }

    say(message, wrong) {
      if (!this.notice || !message) return;
      this.notice.classList.toggle("saved--wrong", wrong);
      if (this.notice.textContent !== message) this.notice.textContent = message;
    }
  }

  // --- The chosen photo, shown as the badge will crop it -------------------------------------------

  function newPicture(input) {
    const picture = document.createElement("img");
    picture.className = "photo photo--chosen";
    picture.alt = "";
    picture.hidden = true;
    input.after(picture);
    return picture;
  }

  function previewPhoto(input) {
    const picture = document.getElementById(input.dataset.photoPreview) ?? newPicture(input);
    input.addEventListener("change", () => {
      const file = input.files[0];
      if (!file || !file.type.startsWith("image/")) return;
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        picture.src = reader.result;
        picture.hidden = false;
      });
      reader.readAsDataURL(file);
    });
  }

  // --- Print buttons exist only where script does --------------------------------------------------

  function offerPrint(button) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  focusErrorSummary();
  document.addEventListener("submit", (event) => renewCsrfToken(event.target), true);
  document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
  document.querySelectorAll("input[type=file][data-photo-preview]").forEach(previewPhoto);
  document.querySelectorAll("[data-print]").forEach(offerPrint);
})();
