// Comfort only: without this script the contours, toggles and links of the page work all the same.
"use strict";

for (const viewer of document.querySelectorAll("[data-viewer]")) {
  const film = viewer.querySelector("svg.film");
  const whole = film.viewBox.baseVal;
  const home = { x: whole.x, y: whole.y, w: whole.width, h: whole.height };
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let view = { ...home };
  let motion = 0;

  // The film may be letterboxed in its stage, so its scale is asked for and not computed from a width.
  const unitsPerPixel = () => 1 / (film.getScreenCTM()?.a || 1);

  // The part shown always has the shape of the film, so that the stage never changes its size.
  const show = (next) => {
    view = next;
    film.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
    film.style.setProperty("--u", `${unitsPerPixel()}px`);
    viewer.classList.toggle("zoomed", view.w < home.w * 0.999);
  };
  const bounded = (next) => {
    const w = Math.min(Math.max(next.w, home.w / 40), home.w);
    const h = w * home.h / home.w;
    const x = Math.min(Math.max(next.x + (next.w - w) / 2, home.x), home.x + home.w - w);
    const y = Math.min(Math.max(next.y + (next.h - h) / 2, home.y), home.y + home.h - h);
    return { x, y, w, h };
  };
  const glide = (target) => {
    cancelAnimationFrame(motion);
    const to = bounded(target);
    if (still.matches) return show(to);
    const from = { ...view };
    const start = performance.now();
    const step = (now) => {
      const t = Math.min((now - start) / 220, 1);
      const e = 1 - (1 - t) ** 3;
      show({ x: from.x + (to.x - from.x) * e, y: from.y + (to.y - from.y) * e,
             w: from.w + (to.w - from.w) * e, h: from.h + (to.h - from.h) * e });
      if (t < 1) motion = requestAnimationFrame(step);
    };
    motion = requestAnimationFrame(step);
  };
  const fit = (box) => {
    const w = Math.max(box.w, box.h * home.w / home.h);
    const h = w * home.h / home.w;
    glide({ x: box.x + (box.w - w) / 2, y: box.y + (box.h - h) / 2, w, h });
  };
  const scaled = (factor, at) => {
    const c = at || { x: view.x + view.w / 2, y: view.y + view.h / 2 };
    return { x: c.x - (c.x - view.x) * factor, y: c.y - (c.y - view.y) * factor, w: view.w * factor, h: view.h * factor };
  };
  const point = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(film.getScreenCTM().inverse());

  viewer.classList.add("live");
  viewer.querySelector("[data-tools]").hidden = false;
  viewer.querySelector("[data-help]").hidden = false;
  viewer.querySelector(".stage").tabIndex = 0;

  for (const button of viewer.querySelectorAll("[data-box]")) {
    button.addEventListener("click", () => {
      const [x, y, w, h] = button.dataset.box.split(" ").map(Number);
      fit({ x, y, w, h });
    });
  }
  for (const button of viewer.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      glide({ in: scaled(0.6), out: scaled(1 / 0.6), all: home }[button.dataset.zoom]);
    });
  }

  const greys = film.querySelector(".greys");
  const controls = [...viewer.querySelectorAll("[data-grey]")];
  const applyGreys = () => {
    if (!greys) return;
    const value = (name) => controls.find((control) => control.dataset.grey === name);
    const inverted = value("invert").getAttribute("aria-pressed") === "true" ? 1 : 0;
    greys.style.filter = `invert(${inverted}) brightness(${value("brightness").value}) contrast(${value("contrast").value})`;
  };
  for (const control of controls) {
    control.addEventListener("input", applyGreys);
    if (control.tagName === "BUTTON") {
      control.addEventListener("click", () => {
        control.setAttribute("aria-pressed", String(control.getAttribute("aria-pressed") !== "true"));
        applyGreys();
      });
    }
  }

  film.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    show(bounded(scaled(Math.exp(event.deltaY * 0.004), point(event))));
  }, { passive: false });
  film.addEventListener("dblclick", (event) => { event.preventDefault(); glide(scaled(0.45, point(event))); });

  const pointers = new Map();
  let travelled = 0;
  film.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, event);
    travelled = 0;
  });
  film.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const perPixel = unitsPerPixel();
    if (pointers.size === 2) {
      const other = [...pointers.values()].find((one) => one.pointerId !== event.pointerId);
      const span = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      show(bounded(scaled(span(before) / Math.max(span(event), 1), point(other))));
    } else {
      const dx = event.clientX - before.clientX;
      const dy = event.clientY - before.clientY;
      travelled += Math.abs(dx) + Math.abs(dy);
      if (travelled > 4) film.setPointerCapture(event.pointerId);
      show(bounded({ ...view, x: view.x - dx * perPixel, y: view.y - dy * perPixel }));
    }
    pointers.set(event.pointerId, event);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    film.addEventListener(end, (event) => pointers.delete(event.pointerId));
  }
  film.addEventListener("dragstart", (event) => event.preventDefault());
  // A drag that happened to begin on a contour is not a click on it.
  film.addEventListener("click", (event) => { if (travelled > 4) { event.preventDefault(); event.stopPropagation(); } }, true);

  viewer.querySelector(".stage").addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") glide(scaled(0.6));
    else if (event.key === "-") glide(scaled(1 / 0.6));
    else if (event.key === "0") glide(home);
    else if (move) glide({ ...view, x: view.x + move[0] * view.w * 0.2, y: view.y + move[1] * view.h * 0.2 });
    else return;
    event.preventDefault();
  });

  const section = viewer.closest("section");
  const pairs = [...section.querySelectorAll("tr[data-shape]")].map((row) => [row, document.getElementById(row.dataset.shape)]);
  const choose = (row, shape) => {
    for (const pair of pairs) for (const part of pair) part.classList.remove("chosen");
    row.classList.add("chosen");
    shape.classList.add("chosen");
  };
  const calm = () => ({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
  for (const [row, shape] of pairs) {
    for (const [one, other] of [[row, shape], [shape, row]]) {
      one.addEventListener("pointerenter", () => other.classList.add("active"));
      one.addEventListener("pointerleave", () => other.classList.remove("active"));
    }
    shape.addEventListener("click", (event) => {
      event.preventDefault();
      choose(row, shape);
      row.scrollIntoView(calm());
    });
    row.querySelector("a").addEventListener("click", (event) => {
      event.preventDefault();
      const toggle = viewer.querySelector(".show-deposits");
      toggle.checked = true;
      choose(row, shape);
      const box = shape.getBBox();
      const side = Math.max(box.width * 3, box.height * 3, home.w / 8);
      fit({ x: box.x + box.width / 2 - side / 2, y: box.y + box.height / 2 - side / 2, w: side, h: side });
      film.scrollIntoView(calm());
    });
  }

  addEventListener("resize", () => show(view));
  addEventListener("beforeprint", () => {
    cancelAnimationFrame(motion);
    show({ ...home });
    // Letters are sized for the film as wide as a page, not for what the screen happened to show.
    film.style.setProperty("--u", `${Math.max(home.w / 680, home.h / 570)}px`);
  });
  addEventListener("afterprint", () => show(view));
  show(view);
}
