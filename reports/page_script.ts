/**
 * Makes the drawings of a page live: they take the width there is, a legend's entries pick, a pointer is told of what it is
 * on. Runs in a browser, after Vega, on the JSON of specifications by id. Without it the drawings stay as they are.
 */
export const SCRIPT = `
"use strict";
(() => {
  const specs = JSON.parse(document.getElementById("specs").textContent);
  const tip = document.body.appendChild(document.createElement("div"));
  tip.className = "tip";
  tip.hidden = true;
  const tell = (_, event, __, value) => {
    tip.hidden = value === null || value === undefined || value === "";
    if (tip.hidden) return;
    const { title, ...facts } = typeof value === "object" ? value : { title: String(value) };
    const head = document.createElement("b");
    head.textContent = title;
    const lines = Object.entries(facts).map(([name, fact]) => {
      const line = document.createElement("div");
      line.textContent = name + ": " + fact;
      return line;
    });
    tip.replaceChildren(head, ...lines);
    const { width, height } = tip.getBoundingClientRect(), gap = 12;
    const left = event.clientX + gap + width > innerWidth ? event.clientX - gap - width : event.clientX + gap;
    tip.style.left = Math.max(0, left) + "px";
    tip.style.top = Math.max(0, Math.min(event.clientY + gap, innerHeight - height)) + "px";
  };
  for (const [id, spec] of Object.entries(specs)) {
    const place = document.getElementById(id), still = place.innerHTML;
    const room = () => Math.max(240, Math.floor(place.clientWidth));
    try {
      const view = new vega.View(vega.parse(spec), { renderer: "svg", hover: true, tooltip: tell });
      view.signal("room", room()).width(room());
      place.replaceChildren();
      place.classList.add("live");
      view.initialize(place).runAsync().catch(() => { place.innerHTML = still; });
      let last = room();
      new ResizeObserver(() => {
        if (room() === last) return;
        last = room();
        view.signal("room", last).width(last).runAsync();
      }).observe(place);
    } catch (error) {
      place.innerHTML = still;
      console.error(error);
    }
  }
})();
`.trim();
