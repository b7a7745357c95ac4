"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const read = (id) => ($(id) ? JSON.parse($(id).textContent) : null);

  // ------------------------------------------------ lines and the statements that they come from

  const units = (element) =>
    (element.dataset.unit ?? element.dataset.units ?? "").split(" ").filter(Boolean);
  const linked = all(".unit, .line[data-units]");
  const link = (element) => {
    const chosen = element ? units(element) : [];
    for (const other of linked) {
      other.classList.toggle("on", units(other).some((unit) => chosen.includes(unit)));
    }
  };
  const nearest = (event) => event.target.closest?.(".unit, .line[data-units]");
  for (const kind of ["mouseover", "focusin"]) {
    document.addEventListener(kind, (event) => link(nearest(event)));
  }

  // ------------------------------------------------ stepping

  /** Steps through time by buttons, a slider and keys: `show(t)` draws; `last()` is the last t. */
  function stepping(root, slider, last, show) {
    let now = 0, timer = 0;
    const go = (t) => {
      now = Math.max(0, Math.min(last(), t));
      slider.max = last();
      slider.value = now;
      slider.setAttribute("aria-valuetext", `step ${now} of ${last()}`);
      show(now);
    };
    const pause = () => { clearInterval(timer); timer = 0; };
    const moves = {
      first: () => go(0), back: () => go(now - 1), on: () => go(now + 1), last: () => go(last()),
      play: () => {
        if (timer) return pause();
        if (now === last()) go(0);
        timer = setInterval(() => (now < last() ? go(now + 1) : pause()), 350);
      },
    };
    const move = (name) => { if (name !== "play") pause(); moves[name](); };
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]");
      if (button) move(button.dataset.move);
    });
    slider.addEventListener("input", () => { pause(); go(+slider.value); });
    return { go, move };
  }

  const keys = { ArrowLeft: "back", ArrowRight: "on", Home: "first", End: "last", " ": "play" };
  const steppers = new Map();
  document.addEventListener("keydown", (event) => {
    const name = keys[event.key];
    if (!name || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("select, input, textarea")) return;
    if (event.key === " " && event.target.closest("button")) return;
    const own = event.target.closest(".stepper");
    const stepper = steppers.get(own ?? $("stepper"));
    if (!stepper || (!own && !event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    stepper.move(name);
  });

  // ------------------------------------------------ the program on an example

  const data = read("traces");
  if (data && $("trace")) {
    const { words, registers } = data;
    const lines = all(".program .line");
    let trace = data.traces[0], states = [];
    const run = () => {
      let state = [...trace.start, ...Array(registers).fill(0)];
      states = [state];
      for (const changes of trace.changes) {
        state = [...state];
        for (const [cell, word] of changes) state[cell] = word;
        states.push(state);
      }
    };
    const name = (cell) => (cell < words ? `cell ${cell}` : `register ${cell - words + 1}`);
    const draw = (root, cells, state, changed, ended) => {
      const expect = new Map(trace.expect);
      const pictures = new Map(trace.pictures);
      root.replaceChildren(...cells.map((cell) => {
        const box = document.createElement("div");
        const [at, word, want] = ["i", "b", "u"].map((tag) => document.createElement(tag));
        box.className = "cell";
        box.setAttribute("role", "listitem");
        box.dataset.cell = cell;
        at.textContent = cell < words ? cell : `r${cell - words + 1}`;
        word.textContent = state[cell];
        box.append(at);
        if (pictures.has(cell)) {
          const picture = document.createElement("img");
          picture.src = pictures.get(cell);
          picture.alt = `the picture, read as ${trace.start[cell]}`;
          box.append(picture);
        }
        box.append(word, want);
        let said = `${name(cell)}: ${state[cell]}`;
        if (!state[cell]) box.classList.add("zero");
        if (changed.has(cell)) { box.classList.add("changed"); said += ", changed"; }
        if (expect.has(cell)) {
          const wanted = expect.get(cell), right = wanted === state[cell];
          want.textContent = wanted;
          said += `, expected in the end: ${wanted}`;
          if (ended) {
            box.classList.add(right ? "right" : "wrong");
            want.textContent = `${right ? "✓" : "✗"} ${wanted}`;
          }
        }
        box.setAttribute("aria-label", said);
        return box;
      }));
    };
    const show = (t) => {
      const state = states[t], changes = t ? trace.changes[t - 1] : [];
      const changed = new Map(changes), ended = t === trace.path.length;
      const next = trace.path[t];
      for (const line of lines) line.classList.toggle("now", +line.dataset.line === next);
      const did = t ? lines.find((line) => +line.dataset.line === trace.path[t - 1]) : null;
      const text = did ? did.querySelector("code").textContent : "past the last line";
      let told = t ? `Step ${t}: ${text}` : "Before the first step";
      if (changes.length) told += ": " + changes.map(([c, w]) => `${name(c)} is ${w}`).join(", ");
      told += ".";
      if (ended) {
        const cut = trace.path.length < trace.steps;
        told += cut ? ` It takes ${trace.steps} steps; these are the first.`
          : trace.halted ? ` Halted after ${trace.steps} steps` : ` ${trace.steps} steps, not halted`;
        if (!cut) told += trace.passed ? ": right." : ": wrong.";
      }
      $("told").textContent = told;
      const count = (n, from) => [...Array(n).keys()].map((i) => i + from);
      draw($("registers"), count(registers, words), state, changed, ended);
      draw($("memory"), count(data.cells, 0), state, changed, ended);
    };
    const stepper = stepping($("stepper"), $("time"), () => trace.path.length, show);
    const choose = (i) => {
      $("trace").value = i;
      trace = data.traces[i];
      run();
      stepper.go(0);
    };
    $("trace").addEventListener("change", () => choose(+$("trace").value));
    for (const button of all("[data-show]")) {
      button.addEventListener("click", () => {
        choose(+button.dataset.show);
        stepper.move("last");
        $("stepper").scrollIntoView({ block: "nearest" });
        $("stepper").focus({ preventScroll: true });
      });
    }
    steppers.set($("stepper"), stepper);
    choose(data.first);
  }
})();
