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
    const within = element ? [element, ...all(".unit", element)] : [];  // a loop, with its body
    const chosen = within.flatMap(units);
    for (const other of linked) {
      const on = other === element || !other.matches(".unit") || !element?.matches(".unit");
      other.classList.toggle("on", on && units(other).some((unit) => chosen.includes(unit)));
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
      let state = [...trace.start, ...trace.preload];
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

  // ------------------------------------------------ distributions as shades

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const make = (tag, text = "", name = "") => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (name) element.className = name;
    return element;
  };
  const percent = (byte) => Math.round((byte * 100) / 255);
  const shade = (element, byte, what) => {
    element.style.setProperty("--p", (byte * 100) / 255);
    element.title = `${what}: ${percent(byte)} %`;
  };

  const weighed = read("weighed");
  if (weighed) {
    const heat = $("heat"), rounds = weighed.rounds, lines = weighed.lines.length;
    const sizes = weighed.heads.map((head) => head.places.length);
    const columns = sizes.map((n) => `repeat(${n}, 1rem)`).join(" .6rem ");
    heat.style.gridTemplateColumns = `auto ${columns} .6rem 3.5rem`;
    const boxes = [];
    const row = (first, cell, gap) => {
      heat.append(make("span", first));
      weighed.heads.forEach((head, h) => { if (h) heat.append(make("u")); cell(head, h); });
      heat.append(make("u"), gap);
    };
    row("", (head, h) => {
      const title = make("em", sizes[h] > 4 ? head.title : head.title.split(" ")[0].slice(0, 2 + sizes[h] * 2));
      title.style.gridColumn = `span ${sizes[h]}`;
      title.title = head.title;
      heat.append(title);
    }, make("em", "doubt"));
    row("", (head) => head.places.forEach((place) => {
      heat.append(make("b", place, place.length < 3 ? "flat" : ""));
    }), make("u"));
    for (let line = 0; line < lines; line++) {
      const doubt = make("span");
      const own = [];
      row(line, (head) => head.places.forEach((place) => {
        const box = make("i");
        own.push([box, `line ${line}, ${head.title} ${place}`]);
        heat.append(box);
      }), doubt);
      boxes.push({ own, doubt });
    }
    const show = (t) => {
      const round = rounds[t], all = bytes(round.shades);
      let at = 0;
      boxes.forEach(({ own, doubt }, line) => {
        for (const [box, what] of own) shade(box, all[at++], what);
        doubt.textContent = round.doubt[line].toFixed(2);
      });
      $("round-told").textContent = round.step === null ? "The weights at the end."
        : round.step === 0 ? "Before the first gradient step."
        : `After ${round.step} gradient steps${round.loss === null ? "" : `: loss ${round.loss.toPrecision(3)}`}.`;
    };
    if ($("round")) {
      const stepper = stepping($("weights-stepper"), $("round"), () => rounds.length - 1, show);
      steppers.set($("weights-stepper"), stepper);
      stepper.go(rounds.length - 1);
    } else {
      show(0);
    }
  }

  const softly = read("soft-data");
  if (softly) {
    const { words, cells, registers, lines } = softly;
    const grid = (root, places, name) => {
      root.style.gridTemplateColumns = `auto repeat(${words}, minmax(.55rem, 1.3rem)) 4rem`;
      root.append(make("span", "word"));
      for (let word = 0; word < words; word++) {
        root.append(make("b", words > 24 && word % 4 ? "" : word, "flat"));
      }
      root.append(make("u"));
      return [...Array(places).keys()].map((place) => {
        root.append(make("span", name(place)));
        const own = [...Array(words)].map(() => root.appendChild(make("i")));
        return [own, root.appendChild(make("span"))];
      });
    };
    const banks = [
      [grid($("soft-registers"), registers, (i) => `r${i + 1}`), "registers", registers],
      [grid($("soft-memory"), cells, (i) => i), "memory", cells],
    ];
    const pointer = [...lines, "halted"].map((text, i) => {
      const line = make("div", "", "line");
      line.setAttribute("role", "listitem");
      line.append(make("span", i < lines.length ? i : "", "number"), make("code", text), make("small"));
      $("soft-lines").append(line);
      return line;
    });
    let trace, data;
    const show = (t) => {
      for (const [grid, name, places] of banks) {
        grid.forEach(([own, told], place) => {
          const from = (t * places + place) * words;
          let best = 0;
          own.forEach((box, word) => {
            const byte = data[name][from + word];
            if (byte > data[name][from + best]) best = word;
            shade(box, byte, `word ${word}`);
          });
          told.textContent = `${best}: ${percent(data[name][from + best])} %`;
        });
      }
      const places = pointer.length;
      let most = 0;
      pointer.forEach((line, i) => {
        const byte = data.line[t * places + i];
        if (byte > data.line[t * places + most]) most = i;
        line.style.setProperty("--p", percent(byte));
        line.lastChild.textContent = byte ? ` ${percent(byte)} %` : "";
      });
      const where = most < lines.length ? `line ${most}` : "the end";
      const mass = percent(data.line[t * places + most]);
      $("soft-told").textContent = `After ${t} step${t === 1 ? "" : "s"}: the pointer is at ${where} by ${mass} %.`;
    };
    const stepper = stepping($("soft-stepper"), $("soft-time"), () => trace.steps, show);
    const choose = (i) => {
      trace = softly.traces[i];
      data = { memory: bytes(trace.memory), registers: bytes(trace.registers), line: bytes(trace.line) };
      stepper.go(0);
    };
    $("soft-trace").addEventListener("change", () => choose(+$("soft-trace").value));
    steppers.set($("soft-stepper"), stepper);
    choose(0);
  }
})();
