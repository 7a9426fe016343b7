"use strict";
// Draws the page from the data in it. Texts are only ever set as text; nothing is fetched.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement, page = document.getElementById("page");
  const dashes = [[], [9, 4], [2, 3], [9, 3, 2, 3], [4, 4], [14, 4]], colours = 6;
  const charts = [];

  const el = (tag, give = {}, ...inner) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(give)) {
      if (name === "text") made.textContent = value;
      else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) made.setAttribute(name, value);
    }
    made.append(...inner.filter(part => part !== null));
    return made;
  };

  // A colour of the style sheet as it is at the moment.
  const probe = el("span", { class: "unseen", "aria-hidden": "true" });
  const colour = name => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const alpha = (name, share) => colour(name).replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`);

  const number = value => {
    if (value === null || value === undefined || !isFinite(value)) return "–";
    const size = Math.abs(value);
    return size >= 1e15 || (size > 0 && size < 1e-4) ? value.toExponential(2)
      : value.toLocaleString("en-US", size >= 100 || size === 0 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
  };
  const amount = (value, unit) => unit ? `${number(value)} ${unit}` : number(value);
  // Axes keep what tells their marks apart.
  const plain = value => Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
    ? (Math.abs(value) >= 1e5 && Math.abs(value) < 1e15 ? compact.format(value) : value.toExponential(0)) : value.toLocaleString("en-US", { maximumFractionDigits: 6 });
  const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });
  const clock = value => `${value.toFixed(time.view[1] - time.view[0] > 2 ? 3 : 6)} s`;
  const named = thing => thing.run ? (thing.name ? `${thing.name}, ${thing.run}` : thing.run) : thing.name;

  // The last index at which a sorted list is not above a value; -1 before it.
  const before = (list, value) => {
    let low = -1, high = list.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (list[middle] <= value) low = middle; else high = middle;
    }
    return low;
  };

  const said = el("div", { id: "said", class: "unseen", role: "status", "aria-live": "polite" });
  let saying = 0;
  const say = text => {
    clearTimeout(saying);
    saying = setTimeout(() => { said.textContent = text; }, 150);
  };

  // How things of a panel are told apart: runs by colour and dash; where there is one run, its quantities.
  const styles = things => {
    const runs = [...new Set(things.map(thing => thing.run))], names = [...new Set(things.map(thing => thing.name))];
    return things.map(thing => {
      const run = runs.indexOf(thing.run), name = names.indexOf(thing.name);
      const first = runs.length > 1 && names.length === 1 ? run : name, second = runs.length > 1 ? run : name;
      // The seventh has the first one's colour, and another dash.
      const dash = dashes[(second + Math.floor(first / colours)) % dashes.length];
      return { colour: `c${first % colours}`, dash, shape: (second + Math.floor(first / colours)) % 4 };
    });
  };

  const svg = (tag, give) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(give)) made.setAttribute(name, value);
    return made;
  };
  const corners = [null, [[-1, -1], [1, -1], [1, 1], [-1, 1]], [[0, -1.3], [1.2, 1], [-1.2, 1]], [[0, -1.4], [1.4, 0], [0, 1.4], [-1.4, 0]]];
  const swatch = (style, points) => {
    const made = svg("svg", { width: 26, height: 10, "aria-hidden": "true" });
    made.style.color = `var(--${style.colour})`;
    if (points) {
      made.append(style.shape === 0 ? svg("circle", { cx: 13, cy: 5, r: 4, fill: "currentColor" })
        : svg("polygon", { points: corners[style.shape].map(([x, y]) => `${13 + 3.5 * x},${5 + 3.5 * y}`).join(" "), fill: "currentColor" }));
    } else {
      made.append(svg("line", { x1: 0, y1: 5, x2: 26, y2: 5, stroke: "currentColor", "stroke-width": 2.5, "stroke-dasharray": style.dash.join(" ") }));
    }
    return made;
  };

  const legend = (things, looks, toggled) => things.map((thing, i) => {
    const value = el("output", {}), button = el("button", { type: "button", "aria-pressed": "true", title: "Show or hide" }, swatch(looks[i], thing.shape === "Points"), el("span", { text: named(thing) }), value);
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", shown);
      toggled(i, shown);
    });
    return { item: el("li", {}, button), value };
  });

  const table = (columns, rows, words = []) => el("table", {},
    el("thead", {}, el("tr", {}, ...columns.map((text, i) => el("th", { scope: "col", class: words[i] ? "word" : null, text })))),
    el("tbody", {}, ...rows.map(row => el("tr", {}, ...row.map((text, i) => el(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, class: words[i] ? "word" : null, text }))))));

  // Built when it is opened: a table of thousands of changes is of use to few.
  const beside = (text, build) => {
    const details = el("details", {}, el("summary", { text }));
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(el("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": text }, build()));
    });
    return details;
  };

  const axis = (label, more = {}) => ({
    stroke: () => colour("soft"), font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif", label, labelSize: 18, labelGap: 0, gap: 4, size: 52,
    grid: { stroke: () => colour("faint"), width: 1 }, ticks: { stroke: () => colour("line"), width: 1, size: 4 }, ...more,
  });
  const height = wide => wide < 480 ? 210 : 260;

  // What all charts share: their place, size, tools and keys.
  const frame = (panel, place, title, keys, labels) => {
    const box = el("div", { class: "chart", tabindex: 0, role: "group", "aria-roledescription": "chart", "aria-label": `${title}. ${labels}` });
    box.addEventListener("keydown", event => {
      const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
      if (act) {
        event.preventDefault();
        act(event);
      }
    });
    const tool = (text, label, key) => el("button", { type: "button", text, "aria-label": label, title: `${label} (${key})`, onclick: () => keys[key]({}) });
    place.querySelector(".head").append(el("div", { class: "tools" }, tool("−", "Zoom out", "-"), tool("+", "Zoom in", "+"), tool("Reset", "Show all", "0")));
    return box;
  };

  // ---- Over time ----

  const time = { all: [Infinity, -Infinity], view: [0, 1], at: null, charts: [] };
  const grid = series => series.at ?? Float64Array.from(series.y, (_, i) => series.grid[0] + (i + .5) * series.grid[1]);
  for (const series of data.panels.flatMap(panel => panel.series ?? [])) {
    if (series.y.length > 0) {
      const [first, last] = series.at ? [series.at[0], series.at.at(-1)] : [series.grid[0], series.grid[0] + series.y.length * series.grid[1]];
      time.all = [Math.min(time.all[0], first), Math.max(time.all[1], last)];
    }
  }
  if (!(time.all[1] > time.all[0])) time.all = [isFinite(time.all[0]) ? time.all[0] : 0, (isFinite(time.all[0]) ? time.all[0] : 0) + 1];
  time.view = [...time.all];

  const show = (from, to) => {
    const least = (time.all[1] - time.all[0]) * 1e-6, wide = Math.min(Math.max(to - from, least), time.all[1] - time.all[0]);
    const left = Math.min(Math.max(from, time.all[0]), time.all[1] - wide);
    time.view = [left, left + wide];
    for (const chart of time.charts) chart.plot.setScale("x", { min: time.view[0], max: time.view[1] });
    point(time.at);
  };
  const zoom = by => {
    const [from, to] = time.view, about = time.at !== null && time.at >= from && time.at <= to ? time.at : (from + to) / 2;
    show(about - (about - from) * by, about + (to - about) * by);
  };
  const point = (at, from) => {
    time.at = at;
    for (const chart of time.charts) chart.point(at, chart === from);
  };

  const timePanel = (panel, place) => {
    const all = panel.series, looks = styles(all), units = [...new Set(all.map(series => series.unit))];
    const scales = { x: { time: false, range: () => [...time.view] } };
    const range = (u, low, high) => low === null || !isFinite(low) ? [0, 1] : low === high ? (low === 0 ? [0, 1] : [Math.min(0, 1.2 * low), Math.max(0, 1.2 * high)])
      : low >= 0 && low < .5 * high ? [0, high * 1.06] : [low - (high - low) * .08, high + (high - low) * .08];
    units.forEach(unit => { scales[`y${unit}`] = { range }; });
    const axes = [axis(null, { values: (u, marks) => marks.map(value => `${plain(value)} s`), size: 30 }),
      ...units.slice(0, 2).map((unit, i) => axis(unit, { scale: `y${unit}`, side: i === 0 ? 3 : 1, grid: i === 0 ? { stroke: () => colour("faint"), width: 1 } : { show: false }, values: (u, marks) => marks.map(plain) }))];

    const tables = [], series = [{}], bands = [], own = [];
    all.forEach((one, i) => {
      const scale = `y${one.unit}`, stroke = () => colour(looks[i].colour), points = { show: false }, first = series.length, columns = [grid(one)];
      if (one.least) {
        columns.push(one.most, one.least);
        // Their lines, not the band alone: a bucket narrower than a pixel must be seen.
        for (const edge of ["most", "least"]) series.push({ scale, stroke: () => alpha(looks[i].colour, .5), width: 1, points, label: `${named(one)} ${edge}` });
        bands.push({ series: [first, first + 1], fill: () => alpha(looks[i].colour, .16) });
      }
      columns.push(one.y);
      series.push({ scale, stroke, points, dash: looks[i].dash, width: one.least ? 1.5 : 1.75, label: named(one), ...(one.at ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}) });
      own.push(Array.from({ length: columns.length - 1 }, (_, k) => first + k));
      tables.push(columns);
    });

    const marks = panel.marks.map(run => ({ ...run, colour: looks[Math.max(0, all.findIndex(one => one.run === run.run))]?.colour ?? "c5" }));
    const nearest = at => marks.map(run => {
      const i = before(run.at, at), next = i + 1 < run.at.length && (i < 0 || run.at[i + 1] - at < at - run.at[i]) ? i + 1 : i;
      return next < 0 ? null : { run, i: next, at: run.at[next] };
    }).filter(mark => mark !== null);
    const draw = u => {
      const { ctx, bbox } = u, ratio = devicePixelRatio;
      ctx.save();
      marks.forEach((run, row) => {
        ctx.fillStyle = alpha(run.colour, .75);
        let drawn = -1;
        for (let i = Math.max(0, before(run.at, time.view[0])); i < run.at.length && run.at[i] <= time.view[1]; i++) {
          const x = Math.round(u.valToPos(run.at[i], "x", true));
          if (x !== drawn && x >= bbox.left && x <= bbox.left + bbox.width) ctx.fillRect(x, bbox.top + row * 7 * ratio, ratio, 5 * ratio);
          drawn = x;
        }
      });
      ctx.restore();
    };

    const labels = legend(all, looks, (i, shown) => own[i].forEach(k => chart.plot.setSeries(k, { show: shown })));
    const reason = el("p", { class: marks.length > 0 ? "reason" : "reason one" });
    const valueAt = (one, at) => {
      const i = one.at ? before(one.at, at) : Math.floor((at - one.grid[0]) / one.grid[1]);
      return i < 0 || i >= one.y.length || one.y[i] === null ? "–"
        : one.least ? `${amount(one.y[i], one.unit)} (${number(one.least[i])} to ${number(one.most[i])})` : amount(one.y[i], one.unit);
    };
    const words = at => `${clock(at)}: ${all.map(one => `${named(one)} ${valueAt(one, at)}`).join("; ")}.`;
    const told = at => nearest(at).map(mark => ({
      head: `${mark.run.run ? `${mark.run.run}: ` : ""}${data.sentences[mark.run.label[mark.i]]} at ${clock(mark.at)}`, text: data.sentences[mark.run.reason[mark.i]],
    }));
    const step = () => {
      const finest = Math.min(...all.filter(one => one.grid).map(one => one.grid[1]));
      return Math.max(isFinite(finest) ? finest : 0, (time.view[1] - time.view[0]) / 200);
    };
    const move = to => {
      const at = Math.min(Math.max(to, time.all[0]), time.all[1]), [from, until] = time.view;
      if (at < from || at > until) show(at - (until - from) / 2, at + (until - from) / 2);
      point(at, chart);
      say(`${words(at)} ${told(at).map(mark => `${mark.head}: ${mark.text}`).join(" ")}`);
    };
    const here = () => time.at ?? (time.view[0] + time.view[1]) / 2;
    const jump = way => {
      const at = here(), times = marks.flatMap(run => {
        const i = before(run.at, at), list = way > 0 ? run.at[i + 1] : run.at[i] < at ? run.at[i] : run.at[i - 1];
        return list === undefined ? [] : [list];
      });
      if (times.length > 0) move(way > 0 ? Math.min(...times) : Math.max(...times));
    };
    const along = way => event => move(time.at === null ? (time.view[0] + time.view[1]) / 2 : time.at + way * step() * (event.shiftKey ? 10 : 1));
    const keys = {
      ArrowLeft: along(-1), ArrowRight: along(1), Home: () => move(time.view[0]), End: () => move(time.view[1]), n: () => jump(1), p: () => jump(-1),
      "+": () => zoom(.5), "=": () => zoom(.5), "-": () => zoom(2), "0": () => show(...time.all), Escape: () => point(null),
    };
    const box = frame(panel, place, panel.title, keys, `Over time: ${all.map(named).join(", ")}. Arrow keys move the cursor, plus and minus zoom, 0 shows all${marks.length > 0 ? ", n and p go to the next and the previous change" : ""}.`);
    place.append(el("ul", { class: "legend" }, ...labels.map(label => label.item)), box, reason);

    const chart = {
      panel, keys,
      point(at, self) {
        const inside = at !== null && at >= time.view[0] && at <= time.view[1];
        if (!self || !this.hovered) this.plot.setCursor({ left: inside ? this.plot.valToPos(at, "x") : -10, top: inside ? 1 : -10 }, false);
        all.forEach((one, i) => { labels[i].value.textContent = at === null ? summary(one) : valueAt(one, at); });
        const [head] = told(at ?? NaN).length > 0 && at !== null ? [told(at)] : [[]];
        reason.replaceChildren(...(at === null ? [] : [el("span", { class: "soft", text: `${clock(at)}  ` })]),
          ...head.flatMap(mark => [el("b", { text: `${mark.head}: ` }), `${mark.text} `]));
      },
      size(wide) { this.plot.setSize({ width: wide, height: height(wide) }); },
      plot: null, box, hovered: false,
    };
    const summary = one => {
      const [from, to] = time.view, first = one.at ? Math.max(0, before(one.at, from)) : Math.max(0, Math.floor((from - one.grid[0]) / one.grid[1]));
      const last = one.at ? before(one.at, to) : Math.min(one.y.length - 1, Math.floor((to - one.grid[0]) / one.grid[1]));
      let most = -Infinity;
      for (let i = first; i <= last; i++) most = Math.max(most, one.most?.[i] ?? one.y[i] ?? -Infinity);
      return isFinite(most) ? `at most ${amount(most, one.unit)}` : "";
    };
    const wide = () => Math.max(200, box.clientWidth);
    chart.plot = new uPlot({
      width: wide(), height: height(wide()), scales, axes, series, bands, legend: { show: false }, padding: [8, units.length > 1 ? 0 : 12, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 5 }, bind: { dblclick: () => event => { event.preventDefault(); show(...time.all); } } },
      hooks: {
        draw: [draw],
        setCursor: [u => {
          chart.hovered = true;
          point(u.cursor.left >= 0 ? u.posToVal(u.cursor.left, "x") : null, chart);
          chart.hovered = false;
        }],
        setSelect: [u => {
          const { left, width } = u.select;
          if (width > 4) show(u.posToVal(left, "x"), u.posToVal(left + width, "x"));
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        }],
      },
    }, uPlot.join(tables), box);
    time.charts.push(chart);
    charts.push(chart);
    chart.point(null, false);

    place.append(beside("Figures as a table", () => {
      const slices = 20, wideness = (time.all[1] - time.all[0]) / slices;
      return table(["s", ...all.map(one => `${named(one)}${one.unit ? `, ${one.unit}` : ""}`)], Array.from({ length: slices }, (_, k) => {
        const from = time.all[0] + k * wideness;
        return [`${plain(+from.toPrecision(5))} to ${plain(+(from + wideness).toPrecision(5))}`, ...all.map(one => slice(one, from, from + wideness))];
      }));
    }));
    if (marks.some(run => run.at.length > 0)) {
      place.append(beside("Every change with its reason", () => table(["s", ...(marks.length > 1 ? ["run"] : []), "change", "reason"],
        marks.flatMap(run => run.at.map((at, i) => [at, [at.toFixed(6), ...(marks.length > 1 ? [run.run] : []), data.sentences[run.label[i]], data.sentences[run.reason[i]]]])).sort((a, b) => a[0] - b[0]).map(row => row[1]),
        marks.length > 1 ? [0, 1, 1, 1] : [0, 1, 1])));
    }
  };

  // Mean and extremes of a part of a series.
  const slice = (one, from, to) => {
    const x = grid(one);
    let first = before(x, from), least = Infinity, most = -Infinity, sum = 0, count = 0;
    if (!one.at) first++;
    for (let i = Math.max(0, first); i < x.length && x[i] < to; i++) {
      if (one.y[i] === null) continue;
      least = Math.min(least, one.least?.[i] ?? one.y[i]);
      most = Math.max(most, one.most?.[i] ?? one.y[i]);
      const weight = one.at ? Math.max(0, Math.min(to, x[i + 1] ?? to) - Math.max(from, x[i])) : 1;
      sum += one.y[i] * weight;
      count += weight;
    }
    return !isFinite(most) ? "–" : least === most ? number(least) : `${number(count > 0 ? sum / count : most)} (${number(least)} to ${number(most)})`;
  };

  // ---- One against another ----

  const curvePanel = (panel, place) => {
    const all = panel.curves, looks = styles(all), hidden = new Set();
    const usable = (axis, value) => value !== null && (!axis.log || value > 0);
    const points = all.map(curve => curve.x.map((x, i) => ({ x, y: curve.y[i], label: curve.label[i] ?? "" })).filter(point => usable(panel.x, point.x) && usable(panel.y, point.y)).sort((a, b) => a.x - b.x));
    const extent = (axis, of) => {
      const values = points.flatMap(list => list.map(of)), low = Math.min(...values), high = Math.max(...values);
      if (!isFinite(low)) return axis.log ? [1, 10] : [0, 1];
      if (axis.log) return low === high ? [low / 2, high * 2] : [low / (high / low) ** .04, high * (high / low) ** .08];
      const pad = (high - low || Math.abs(high) || 1) * .07;
      return [low >= 0 && low < .5 * high ? 0 : low - pad, high + pad];
    };
    const whole = { x: extent(panel.x, point => point.x), y: extent(panel.y, point => point.y) }, view = { x: [...whole.x], y: [...whole.y] };
    let chosen = null;

    const draw = u => {
      const { ctx, bbox } = u, ratio = devicePixelRatio;
      ctx.save();
      ctx.beginPath();
      ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
      ctx.clip();
      const taken = [];
      const mark = (x, y, shape, size) => {
        ctx.beginPath();
        if (shape === 0) ctx.arc(x, y, size, 0, 7);
        else corners[shape].forEach(([dx, dy], i) => ctx[i ? "lineTo" : "moveTo"](x + dx * size, y + dy * size));
        ctx.closePath();
      };
      const spots = points.map(list => list.map(point => [u.valToPos(point.x, "x", true), u.valToPos(point.y, "y", true)]));
      all.forEach((curve, i) => {
        if (hidden.has(i)) return;
        ctx.strokeStyle = ctx.fillStyle = colour(looks[i].colour);
        ctx.lineWidth = 2 * ratio;
        ctx.lineJoin = "round";
        if (curve.shape !== "Points") {
          ctx.setLineDash(looks[i].dash.map(dash => dash * ratio));
          ctx.beginPath();
          spots[i].forEach(([x, y], k) => {
            if (k > 0 && curve.shape === "Steps") ctx.lineTo(x, spots[i][k - 1][1]);
            ctx[k ? "lineTo" : "moveTo"](x, y);
          });
          ctx.stroke();
          ctx.setLineDash([]);
          spots[i].forEach(([x, y], k) => {
            const [fromX, fromY] = spots[i][Math.max(0, k - 1)], parts = Math.ceil(Math.hypot(x - fromX, y - fromY) / (8 * ratio));
            for (let part = 0; part <= Math.min(parts, 200); part++) taken.push([fromX + (x - fromX) * part / (parts || 1) - ratio, fromY + (y - fromY) * part / (parts || 1) - ratio, 2 * ratio, 2 * ratio]);
          });
        }
        points[i].forEach((point, k) => {
          if (curve.shape === "Points" || point.label) {
            mark(...spots[i][k], looks[i].shape, (curve.shape === "Points" ? 4.5 : 4) * ratio);
            ctx.fill();
            taken.push([spots[i][k][0] - 5 * ratio, spots[i][k][1] - 5 * ratio, 10 * ratio, 10 * ratio]);
          }
        });
      });
      // Names where there is room; the others are read by pointing at them.
      ctx.font = `${12 * ratio}px system-ui, sans-serif`;
      ctx.textAlign = "left";
      ctx.textBaseline = "middle";
      const free = box => box[0] >= bbox.left && box[1] >= bbox.top && box[0] + box[2] <= bbox.left + bbox.width && box[1] + box[3] <= bbox.top + bbox.height
        && taken.every(other => box[0] > other[0] + other[2] || other[0] > box[0] + box[2] || box[1] > other[1] + other[3] || other[1] > box[1] + box[3]);
      all.forEach((curve, i) => points[i].forEach((point, k) => {
        if (hidden.has(i) || !point.label) return;
        const text = point.label.length > 28 ? `${point.label.slice(0, 27)}…` : point.label, wide = ctx.measureText(text).width, tall = 13 * ratio, [x, y] = spots[i][k], gap = 8 * ratio;
        const box = [[x + gap, y - tall / 2], [x - gap - wide, y - tall / 2], [x - wide / 2, y - gap - tall], [x - wide / 2, y + gap], [x + gap, y - gap - tall / 2], [x + gap, y + gap - tall / 2]]
          .map(([left, top]) => [left, top, wide, tall]).find(free);
        if (!box) return;
        taken.push(box);
        ctx.fillStyle = colour("ink");
        ctx.fillText(text, box[0], box[1] + tall / 2);
      }));
      if (chosen && !hidden.has(chosen[0])) {
        ctx.strokeStyle = colour("ink");
        ctx.lineWidth = 1.5 * ratio;
        mark(...spots[chosen[0]][chosen[1]], 0, 7.5 * ratio);
        ctx.stroke();
      }
      ctx.restore();
    };

    const labels = legend(all, looks, (i, shown) => {
      hidden[shown ? "delete" : "add"](i);
      chart.plot.redraw(false);
    });
    const reading = el("p", { class: "reason one" });
    const words = () => {
      const [i, k] = chosen, point = points[i][k];
      return `${named(all[i])}${point.label ? ` (${point.label})` : ""}: ${panel.x.name} ${amount(point.x, panel.x.unit)}, ${panel.y.name} ${amount(point.y, panel.y.unit)}`;
    };
    const choose = (to, spoken) => {
      chosen = to;
      reading.textContent = chosen ? words() : "";
      if (chosen && spoken) say(words());
      chart.plot.redraw(false);
    };
    const open = () => all.map((_, i) => i).filter(i => points[i].length > 0 && !hidden.has(i));
    const along = way => () => {
      const list = open();
      if (list.length === 0) return;
      choose(chosen ? [chosen[0], Math.min(Math.max(chosen[1] + way, 0), points[chosen[0]].length - 1)] : [list[0], 0], true);
    };
    const other = way => () => {
      const list = open();
      if (list.length === 0) return;
      const i = chosen ? list[(list.indexOf(chosen[0]) + way + list.length) % list.length] : list[0];
      choose([i, Math.min(chosen ? chosen[1] : 0, points[i].length - 1)], true);
    };
    const set = (x, y) => {
      [view.x, view.y] = [x, y];
      chart.plot.setScale("x", { min: x[0], max: x[1] });
      chart.plot.setScale("y", { min: y[0], max: y[1] });
    };
    const zoomed = (axis, [low, high], full, about, by) => {
      const [to, from] = axis.log ? [Math.log, Math.exp] : [v => v, v => v];
      const middle = to(about ?? from((to(low) + to(high)) / 2));
      return [Math.max(full[0], from(middle - (middle - to(low)) * by)), Math.min(full[1], from(middle + (to(high) - middle) * by))];
    };
    const zoomBy = by => () => {
      const about = chosen ? points[chosen[0]][chosen[1]] : {};
      set(zoomed(panel.x, view.x, whole.x, about.x, by), zoomed(panel.y, view.y, whole.y, about.y, by));
    };
    const all0 = () => set([...whole.x], [...whole.y]);
    const keys = { ArrowLeft: along(-1), ArrowRight: along(1), ArrowDown: other(1), ArrowUp: other(-1), "+": zoomBy(.5), "=": zoomBy(.5), "-": zoomBy(2), "0": all0, Escape: () => choose(null) };
    const box = frame(panel, place, panel.title, keys, `${panel.y.name} against ${panel.x.name}: ${all.map(named).join(", ")}. Left and right move along a curve, up and down go to another, plus and minus zoom, 0 shows all.`);
    place.append(el("ul", { class: "legend" }, ...labels.map(label => label.item)), box, reading);

    const splits = axis => axis.log ? (u, i, low, high) => {
      const from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high)), steps = to - from > 3 ? [1] : to - from > 1 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
      const marks = [];
      for (let power = from; power <= to; power++) marks.push(...steps.map(step => +(step * 10 ** power).toPrecision(3)).filter(value => value >= low && value <= high));
      return marks;
    } : undefined;
    const title = axis => axis.unit ? `${axis.name}, ${axis.unit}` : axis.name;
    const ruler = (axis, scale, side, more) => ({ ...splits(axis) ? { splits: splits(axis), filter: (u, marks) => marks } : {}, scale, side, values: (u, marks) => marks.map(plain), ...more });
    const wide = () => Math.max(200, box.clientWidth), tall = width => height(width) + 60;
    const chart = {
      panel, keys, box, size(width) { this.plot.setSize({ width, height: tall(width) }); }, plot: null, point() {},
    };
    chart.plot = new uPlot({
      width: wide(), height: tall(wide()), legend: { show: false }, padding: [8, 12, 0, 0],
      scales: { x: { time: false, distr: panel.x.log ? 3 : 1, range: () => [...view.x] }, y: { distr: panel.y.log ? 3 : 1, range: () => [...view.y] } },
      axes: [axis(title(panel.x), ruler(panel.x, "x", 2, { size: 30 })), axis(title(panel.y), ruler(panel.y, "y", 3))],
      series: [{}, { paths: () => null, points: { show: false } }],
      cursor: { x: false, y: false, points: { show: false }, drag: { x: true, y: true, setScale: false, dist: 5 }, bind: { dblclick: () => event => { event.preventDefault(); all0(); } } },
      hooks: {
        draw: [draw],
        setCursor: [u => {
          const { left, top } = u.cursor;
          if (!(left >= 0)) return;
          let best = null, least = 40 ** 2;
          for (const i of open()) {
            points[i].forEach((point, k) => {
              const distance = (u.valToPos(point.x, "x") - left) ** 2 + (u.valToPos(point.y, "y") - top) ** 2;
              if (distance < least) [best, least] = [[i, k], distance];
            });
          }
          if (best?.join() !== chosen?.join()) choose(best);
        }],
        setSelect: [u => {
          const { left, top, width, height: tallness } = u.select;
          if (width > 4 || tallness > 4) {
            set(width > 4 ? [u.posToVal(left, "x"), u.posToVal(left + width, "x")] : view.x, tallness > 4 ? [u.posToVal(top + tallness, "y"), u.posToVal(top, "y")] : view.y);
          }
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        }],
      },
    }, [[...whole.x], [null, null]], box);
    charts.push(chart);

    place.append(beside("Figures as a table", () => table(
      ["", title(panel.x), title(panel.y), ...(all.some(curve => curve.label.length > 0) ? [""] : [])],
      all.flatMap((curve, i) => points[i].map(point => [named(curve), number(point.x), number(point.y), ...(all.some(one => one.label.length > 0) ? [point.label] : [])])), [1, 0, 0, 1])));
  };

  // ---- Amounts, tables ----

  const hatch = i => i === 0 ? "none" : `repeating-linear-gradient(${[0, 45, 135, 90][i % 4]}deg, transparent 0 3px, light-dark(rgb(255 255 255 / .65), rgb(0 0 0 / .5)) 3px 5px)`;
  const barPanel = (panel, place) => {
    const most = Math.max(0, ...panel.bars.flatMap(bars => bars.y.map(value => value ?? 0)), panel.reference ?? 0), several = panel.bars.length > 1;
    const made = el("table", { class: "bars" },
      el("thead", { class: "unseen" }, el("tr", {}, ...["", ...(several ? ["of"] : []), "bar", panel.unit || "value"].map(text => el("th", { scope: "col", text })))),
      ...panel.rows.map((row, r) => el("tbody", {}, ...panel.bars.map((bars, i) => {
        const value = bars.y[r], bar = el("div", { class: "bar" }), track = el("td", { class: "track", "aria-hidden": "true" }, bar);
        bar.style.width = `${most > 0 ? 100 * (value ?? 0) / most : 0}%`;
        bar.style.background = `${hatch(i) === "none" ? "" : `${hatch(i)}, `}var(--c${i % colours})`;
        bar.hidden = !value;
        if (panel.reference !== undefined && most > 0) {
          const line = el("div", { class: "at" });
          line.style.left = `${100 * panel.reference / most}%`;
          track.append(line);
        }
        return el("tr", {}, ...(i === 0 ? [el("th", { scope: "rowgroup", class: "word", rowspan: panel.bars.length, text: row })] : []),
          ...(several ? [el("th", { scope: "row", class: "word soft", text: bars.name })] : []), track, el("td", { text: amount(value, panel.unit) }));
      }))));
    if (panel.reference !== undefined) place.append(el("p", { class: "soft small", text: `Dashed line: ${panel.referenceName}, ${amount(panel.reference, panel.unit)}.` }));
    place.append(el("div", { class: "scroll" }, made));
  };
  const tablePanel = (panel, place) => place.append(panel.folded ? beside(`Show ${panel.rows.length} rows`, () => table(panel.columns, panel.rows, panel.words)) : el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": panel.title }, table(panel.columns, panel.rows, panel.words)));

  // ---- The page ----

  const theme = () => {
    const choice = (value, text) => el("label", {}, el("input", { type: "radio", name: "theme", value, checked: value === "" ? "" : null, onchange: () => {
      if (value) root.dataset.theme = value; else delete root.dataset.theme;
      redraw();
    } }), el("span", { text }));
    return el("fieldset", {}, el("legend", { class: "unseen", text: "Colours" }), choice("", "Auto"), choice("light", "Light"), choice("dark", "Dark"));
  };
  const redraw = () => charts.forEach(chart => chart.plot.redraw(false, true));

  const figures = data.figures.length === 0 ? null : el("dl", { class: "figures" }, ...data.figures.map(([name, value, unit, comment]) => el("div", {},
    el("dt", { text: name }), el("dd", {}, value, unit ? el("small", { text: unit }) : null), comment ? el("dd", { class: "soft", text: comment }) : null)));
  const notes = data.notes.length === 0 ? null : el("ul", { class: "notes" }, ...data.notes.map(text => el("li", { text })));
  const facts = data.facts.length === 0 ? null : el("details", { class: "facts", ...(data.facts.length <= 12 ? { open: "" } : {}) }, el("summary", { text: "What was run" }),
    el("dl", {}, ...data.facts.map(([name, value]) => el("div", {}, el("dt", { text: name }), el("dd", { text: value })))));
  const panels = el("div", { class: "panels" }), makers = { time: timePanel, curve: curvePanel, bars: barPanel, table: tablePanel };
  const key = text => el("kbd", { text });
  page.replaceChildren(probe, el("header", {}, el("div", {}, el("h1", { text: data.title }), data.subtitle ? el("p", { class: "soft", text: data.subtitle }) : null), theme()),
    ...[figures, notes, facts].filter(part => part !== null), panels,
    el("footer", { class: "soft small" }, "Drag across a chart to zoom. With a chart in focus ", key("←"), " ", key("→"), " move the cursor, ", key("+"), " ", key("−"), " zoom, ", key("0"), " shows all, ",
      key("n"), " ", key("p"), " go to the next and the previous change. Drawn by uPlot; this page loads nothing."), said);

  const halves = data.panels.map(panel => panel.kind === "curve" || panel.kind === "bars");
  let pending = false;
  data.panels.forEach((panel, i) => {
    const lone = halves[i] && !pending && !halves[i + 1];
    pending = halves[i] && !pending && halves[i + 1];
    const place = el("section", { class: `panel${halves[i] ? " half" : ""}${lone ? " lone" : ""}` }, el("div", { class: "head" }, el("h2", { text: panel.title })));
    if (panel.comment) place.append(el("p", { class: "soft", text: panel.comment }));
    panels.append(place);
    makers[panel.kind](panel, place);
  });

  const fit = () => charts.forEach(chart => {
    const wide = Math.max(200, chart.box.clientWidth);
    if (wide !== chart.plot.width) chart.size(wide);
  });
  new ResizeObserver(fit).observe(panels);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("beforeprint", () => {
    charts.forEach(chart => chart.size(680));
    redraw();
  });
  addEventListener("afterprint", () => {
    fit();
    redraw();
  });
  window.pollscale = { data, charts, time };
})();
