// What script adds to the upload form: files dropped on it find their field, too large ones are
// named before they are sent, and the sending shows how far it is. Without it the form is plain.
"use strict";

(() => {
  const SHEETS = /\.(xlsx|xlsm|xls|xlsb|ods|csv|tsv|txt)$/i;
  const HIDDEN = /^(\.|Thumbs\.db$|desktop\.ini$)/i;
  const MEGABYTE = 1024 * 1024;

  const inMegabytes = (bytes) => (bytes / MEGABYTE).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
  const total = (files) => [...files].reduce((sum, file) => sum + file.size, 0);

  class Upload {
    constructor(form) {
      this.form = form;
      this.sheet = form.querySelector("[name=sheet]");
      this.photos = form.querySelector("[name=photos]");
      this.zone = form.querySelector("[data-upload-drop]");
      this.progress = form.querySelector("[data-upload-progress]");
      this.said = form.querySelector("[data-upload-said]");
      this.bar = form.querySelector("[data-upload-bar]");
      this.stop = form.querySelector("[data-upload-stop]");
      this.button = form.querySelector(".btn-primary");
      this.request = null;
      this.zone.hidden = false;
      for (const name of ["dragover", "drop", "dragleave"]) {
        document.addEventListener(name, (event) => this.drag(event));
      }
      this.photos.addEventListener("change", () => this.count());
      form.addEventListener("submit", (event) => this.submit(event));
      this.stop.addEventListener("click", () => this.request?.abort());
      window.addEventListener("beforeunload", (event) => {
        if (this.request) event.preventDefault();
      });
    }

    words(name, figures = {}) {
      const sentence = this.form.getAttribute(`data-words-${name}`) ?? "";
      return sentence.replace(/\{(\w+)\}/g, (_all, key) => figures[key]);
    }

    say(sentence) {
      this.progress.hidden = false;
      if (this.said.textContent !== sentence) this.said.textContent = sentence;
    }

    // --- Dropping --------------------------------------------------------------------------------

    async drag(event) {
      if (!event.dataTransfer?.types.includes("Files") || this.request) return;
      event.preventDefault();
      this.zone.classList.toggle("upload__drop--over", event.type === "dragover");
      if (event.type !== "drop") return;
      const dropped = await filesIn(event.dataTransfer);
      const sheets = dropped.filter((file) => SHEETS.test(file.name));
      const pictures = dropped.filter((file) => !SHEETS.test(file.name) && !HIDDEN.test(file.name));
      if (sheets.length) this.choose(this.sheet, sheets.slice(0, 1));
      if (pictures.length) this.choose(this.photos, pictures);
      this.count();
      if (sheets.length > 1) this.say(this.words("several"));
    }

    choose(input, files) {
      const chosen = new DataTransfer();
      files.forEach((file) => chosen.items.add(file));
      input.files = chosen.files;
    }

    count() {
      const { files } = this.photos;
      if (files.length < 2) return;
      this.bar.hidden = true;
      const n = files.length.toLocaleString(document.documentElement.lang);
      this.say(this.words("files", { n, size: inMegabytes(total(files)) }));
    }

    // --- Sending ---------------------------------------------------------------------------------

    submit(event) {
      event.preventDefault();
      if (this.request) return;
      const errors = this.foresee();
      this.complain(errors);
      if (!errors.length) this.send();
    }

    // What the server would say only after everything has arrived.
    foresee() {
      const limits = this.form.dataset;
      const found = [];
      if (!this.sheet.files.length && !this.photos.files.length) found.push(["sheet", "nothing"]);
      if (total(this.sheet.files) > limits.limitSheet) found.push(["sheet", "large-sheet"]);
      if (total(this.photos.files) > limits.limitPhotos) found.push(["photos", "large-photos"]);
      if (this.photos.files.length > limits.limitPictures) found.push(["photos", "many-photos"]);
      return found.map(([field, name]) => ({ field, message: this.words(name) }));
    }

    send() {
      const request = new XMLHttpRequest();
      this.request = request;
      request.open("POST", this.form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => this.show(event));
      request.upload.addEventListener("load", () => {
        this.bar.removeAttribute("value");
        this.say(this.words("sent"));
      });
      request.addEventListener("load", () => this.answered(request));
      request.addEventListener("error", () => this.ended(this.words("failed")));
      request.addEventListener("abort", () => this.ended(""));
      this.bar.hidden = false;
      this.bar.value = 0;
      this.button.disabled = true;
      this.stop.hidden = false;
      request.send(new FormData(this.form));
    }

    show(event) {
      if (!event.lengthComputable) return;
      this.bar.value = Math.floor((100 * event.loaded) / event.total);
      const figures = { done: inMegabytes(event.loaded), total: inMegabytes(event.total) };
      this.say(this.words("sending", figures));
    }

    answered(request) {
      let said = null;
      try {
        said = JSON.parse(request.responseText);
      } catch {
        // A page instead of an answer: that of signing in, or of an error.
      }
      if (said?.url) {
        this.request = null;
        window.location.assign(said.url);
        return;
      }
      const ended = request.status === 200 || request.status === 403;
      this.ended(said ? "" : this.words(ended ? "ended" : "failed"));
      this.complain(said?.errors ?? []);
    }

    ended(sentence) {
      this.request = null;
      this.button.disabled = false;
      this.stop.hidden = true;
      this.bar.hidden = true;
      this.progress.hidden = !sentence;
      this.said.textContent = sentence;
    }

    // --- Errors, as the server's own page shows them ------------------------------------------------

    complain(errors) {
      this.form.querySelectorAll(".error-summary").forEach((summary) => summary.remove());
      this.form.querySelectorAll(".question--wrong").forEach((each) => {
        each.classList.remove("question--wrong");
        each.querySelector(".question__error")?.remove();
      });
      if (!errors.length) return;
      const summary = element("div", "error-summary");
      summary.setAttribute("role", "alert");
      summary.tabIndex = -1;
      summary.append(element("h2", "", this.words("heading")), element("ul"));
      for (const { field, message } of errors) {
        summary.lastChild.append(this.line(field, message));
      }
      this.zone.before(summary);
      summary.focus();
    }

    line(field, message) {
      const question = field && document.getElementById(`div_id_${field}`);
      const line = element("li");
      if (!question) {
        line.textContent = message;
        return line;
      }
      question.classList.add("question--wrong");
      question.querySelector("label, legend").after(element("div", "question__error", message));
      const link = element("a", "", message);
      link.href = `#id_${field}`;
      line.append(link);
      return line;
    }
  }

  function element(name, className = "", text = "") {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  // --- Folders are dropped as well ------------------------------------------------------------------

  async function filesIn(transfer) {
    const entries = [...transfer.items].map((each) => each.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return [...transfer.files];
    return (await Promise.all(entries.map(filesBelow))).flat();
  }

  async function filesBelow(entry) {
    if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) return found;
      found.push(...(await Promise.all(some.map(filesBelow))).flat());
    }
  }

  document.querySelectorAll("form[data-upload]").forEach((form) => new Upload(form));
})();
