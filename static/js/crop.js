// The frame on a picture, dragged by hand. The buttons beside it do the same without script.
"use strict";

(() => {
  class Crop {
    constructor(root) {
      this.picture = root.querySelector("[data-crop-picture]");
      this.frame = root.querySelector("[data-crop-frame]");
      this.shade = root.querySelector("[data-crop-shade]");
      this.result = root.querySelector("[data-crop-result]");
      this.values = root.querySelectorAll("[data-crop-value]");
      this.width = Number(root.dataset.width);
      this.height = Number(root.dataset.height);
      this.from = null;
      this.picture.classList.add("crop__picture--live");
      this.picture.addEventListener("pointerdown", (event) => this.take(event));
      this.picture.addEventListener("pointermove", (event) => this.drag(event));
      for (const name of ["pointerup", "pointercancel"]) {
        this.picture.addEventListener(name, () => (this.from = null));
      }
    }

    get box() {
      const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(this.frame.getAttribute(name)));
      return { x, y, width, height };
    }

    // Where the pointer is, in pixels of the picture.
    place(event) {
      const drawn = this.picture.getBoundingClientRect();
      return {
        x: ((event.clientX - drawn.left) * this.width) / drawn.width,
        y: ((event.clientY - drawn.top) * this.height) / drawn.height,
      };
    }

    take(event) {
      event.preventDefault();
      this.picture.setPointerCapture(event.pointerId);
      const { x, y } = this.place(event);
      const { x: left, y: top } = this.box;
      this.from = { x: x - left, y: y - top };
    }

    drag(event) {
      if (!this.from) return;
      const { x, y } = this.place(event);
      const { width, height } = this.box;
      this.move(within(x - this.from.x, this.width - width), within(y - this.from.y, this.height - height));
    }

    move(x, y) {
      const { width, height } = this.box;
      this.frame.setAttribute("x", x);
      this.frame.setAttribute("y", y);
      this.shade.setAttribute("d", `M0 0H${this.width}V${this.height}H0ZM${x} ${y}h${width}v${height}h-${width}Z`);
      this.result.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
      const shares = [x / this.width, y / this.height, (x + width) / this.width, (y + height) / this.height];
      this.values.forEach((value) => (value.value = shares.map((share) => share.toFixed(5)).join(",")));
    }
  }

  const within = (start, latest) => Math.min(Math.max(start, 0), Math.max(latest, 0));

  document.querySelectorAll("[data-crop]").forEach((root) => new Crop(root));
  document.querySelectorAll("[data-crop-hint]").forEach((hint) => (hint.hidden = false));
})();
