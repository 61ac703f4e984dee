"use strict";
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const gallery = $("#gallery"), view = $("#view"), shown = $("#shown"), find = $("#find"), said = $("#said");
  const order = new Map(all(".card").map((card, index) => [card.dataset.id, index]));
  let open = null, mode = "side", words = new Map(), decided = 0;

  // A picture's bytes are in the file once; every other place takes them from there.
  const fill = (within) => {
    for (const image of all("img[data-from]", within)) {
      if (image.src) continue;
      const home = all(`img[data-sha="${CSS.escape(image.dataset.from)}"]`)[0];
      if (home) image.src = home.src;
    }
  };

  const visible = () => all(".card:not([hidden])", gallery);
  const picked = (name) => all(`input[name="${name}"]:checked`).map((box) => box.value);
  const listed = (card, name) => (card.dataset[name] ? card.dataset[name].split("\n") : []);
  const text = (card) => {
    const id = card.dataset.id;
    if (!words.has(id)) words.set(id, `${id} ${$(".detail", card)?.textContent ?? ""}`.toLowerCase());
    return words.get(id);
  };

  const filter = () => {
    const states = picked("state"), tags = picked("tag"), cost = $("#cost").value, wanted = find.value.trim().toLowerCase();
    let count = 0;
    for (const card of all(".card", gallery)) {
      const usd = Number(card.dataset.cost), own = listed(card, "states"), has = listed(card, "tags");
      const fits = (!states.length || states.some((one) => own.includes(one)))
        && (!tags.length || tags.some((one) => has.includes(one)))
        && (cost === "" || (cost === "0" ? usd === 0 : usd >= Number(cost)))
        && (!wanted || text(card).includes(wanted));
      card.hidden = !fits;
      count += fits ? 1 : 0;
    }
    $("#count").textContent = `${count} asset${count === 1 ? "" : "s"}`;
    $("#empty").hidden = count > 0;
  };

  const sort = () => {
    const by = $("#sort").value;
    const value = { order: (c) => order.get(c.dataset.id), cost: (c) => -c.dataset.cost, difference: (c) => -c.dataset.difference }[by];
    const cards = all(".card", gallery);
    cards.sort(value ? (a, b) => value(a) - value(b) : (a, b) => a.dataset.id.localeCompare(b.dataset.id));
    gallery.append(...cards);
  };

  const compare = (name) => {
    const stage = $(".stage.pair", shown);
    if (!stage) return;
    mode = name;
    stage.dataset.mode = name;
    for (const button of all("[data-mode]", shown)) {
      if (button.matches("button")) button.setAttribute("aria-pressed", String(button.dataset.mode === name));
    }
    $(".slider", shown).hidden = !["slider", "onion"].includes(name);
    slide();
  };

  const slide = () => {
    const stage = $(".stage.pair", shown), at = $(".slide", shown);
    if (!stage) return;
    stage.style.setProperty("--at", `${at.value}%`);
    stage.style.setProperty("--share", String(at.value / 100));
  };

  const real = (on = !view.hasAttribute("data-real")) => {
    view.toggleAttribute("data-real", on);
    $("#real").setAttribute("aria-pressed", String(on));
  };

  // Two pictures at their actual size show the same part.
  const together = (event) => {
    if (!event.target.matches?.(".stage figure")) return;
    for (const one of all(".stage figure", shown)) one.scrollTo(event.target.scrollLeft, event.target.scrollTop);
  };

  const put = () => {
    if (open) open.append($(".detail", shown));
    open = null;
  };

  const show = (card) => {
    if (!card) return;
    put();
    open = card;
    shown.append($(".detail", card));
    fill(shown);
    const cards = visible(), at = cards.indexOf(card);
    $("#called").textContent = card.dataset.id;
    $("#place").textContent = `${at + 1} of ${cards.length}`;
    $("#previous").disabled = at <= 0;
    $("#next").disabled = at < 0 || at >= cards.length - 1;
    view.setAttribute("aria-label", card.dataset.id);
    if (!view.open) view.showModal();
    view.append(said); // beside an open dialog nothing is seen or read out
    view.scrollTop = 0;
    compare(mode);
    history.replaceState(null, "", `#${encodeURIComponent(card.dataset.id)}`);
  };

  const step = (by) => {
    const cards = visible();
    const at = cards.indexOf(open) + by;
    if (open && at >= 0 && at < cards.length) { hush(); show(cards[at]); }
  };

  const move = (by) => {
    const cards = visible(), at = cards.indexOf(document.activeElement?.closest?.(".card"));
    const next = cards[Math.max(0, Math.min(cards.length - 1, at < 0 ? 0 : at + by))];
    if (next) $(".open", next).focus();
  };

  const across = () => {
    const cards = visible();
    const top = cards.length && cards[0].getBoundingClientRect().top;
    return Math.max(1, cards.findIndex((card) => card.getBoundingClientRect().top > top));
  };

  // What was said of a decision stays until something else is done; `decided` is odd while one is under way.
  const hush = () => { if (decided % 2 === 0) said.textContent = ""; };

  const decide = async (button) => {
    if (decided % 2) return;
    const { verb, asset, number } = button.dataset, why = $(".why", shown)?.value ?? "";
    const buttons = all("[data-verb]", shown), before = buttons.map((one) => one.disabled);
    decided += 1;
    buttons.forEach((one) => { one.disabled = true; });
    said.textContent = "Working…";
    try {
      const answer = await fetch(document.body.dataset.decide, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Imagepipe-Token": document.body.dataset.token },
        body: JSON.stringify({ verb, asset, number: Number(number), why }),
      });
      const told = await answer.json();
      said.textContent = told.said;
      if (told.version) document.body.dataset.version = told.version;
      if (told.card) { replace(asset, told.card); return; }
    } catch {
      said.textContent = "The server cannot be reached: is imagepipe review still running?";
    } finally {
      decided += 1;
    }
    buttons.forEach((one, index) => { one.disabled = before[index]; });
  };

  const replace = (asset, markup) => {
    const card = all(".card", gallery).find((one) => one.dataset.id === asset);
    const made = document.createElement("template");
    made.innerHTML = markup;
    const fresh = made.content.firstElementChild;
    const wasOpen = open === card;
    if (wasOpen) put();
    card.replaceWith(fresh);
    words.delete(asset);
    if (wasOpen) show(fresh);
    $(".decisions button:not(:disabled)", shown)?.focus();
  };

  const act = (event) => {
    const target = event.target;
    hush();
    if (target.closest(".open")) show(target.closest(".card"));
    else if (target.closest("button[data-mode]")) compare(target.closest("button").dataset.mode);
    else if (target.closest("[data-verb]")) decide(target.closest("[data-verb]"));
    else if (target === view || target.id === "close") view.close();
    else if (target.id === "real") real();
    else if (target.id === "previous") step(-1);
    else if (target.id === "next") step(1);
    else if (target.id === "clear") { $("#filters").reset(); filter(); sort(); find.focus(); }
    else if (target.id === "theme") theme();
  };

  // A served page follows the project: it loads anew once something has changed and has come to rest, unless somebody types.
  // A decision changes the project too, and says so itself: what was asked before its answer is in is not to be trusted.
  let last = "", asking = false;
  const follow = async () => {
    const typing = document.activeElement?.matches("input[type=text], input[type=search]") && document.activeElement.value;
    if (asking || decided % 2 || document.hidden || typing) return;
    const before = decided;
    asking = true;
    try {
      const answer = await fetch("version"), now = answer.ok ? await answer.text() : "";
      const rests = now && now === last && before === decided;
      if (rests && now !== document.body.dataset.version) location.reload();
      last = before === decided ? now : "";
    } catch { /* the server has ended: the page stays as it is */ } finally { asking = false; }
  };

  const chips = () => all("input[type=checkbox]", $("#filters"));
  const keep = () => {
    const on = chips().filter((box) => box.checked).map((box) => `${box.name}=${box.value}`);
    const theme = document.documentElement.dataset.theme ?? "";
    const asset = open?.dataset.id ?? "";
    const kept = { on, find: find.value, cost: $("#cost").value, sort: $("#sort").value, top: scrollY, mode, theme, asset };
    sessionStorage.setItem("imagepipe", JSON.stringify(kept));
  };

  const resume = () => {
    const kept = JSON.parse(sessionStorage.getItem("imagepipe") ?? "null");
    sessionStorage.removeItem("imagepipe");
    if (!kept) return "";
    for (const box of chips()) box.checked = kept.on.includes(`${box.name}=${box.value}`);
    for (const name of ["find", "cost", "sort"]) $(`#${name}`).value = kept[name];
    if (kept.theme) document.documentElement.dataset.theme = kept.theme;
    mode = kept.mode;
    filter();
    sort();
    scrollTo(0, kept.top);
    return kept.asset;
  };

  const theme = () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  };

  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input[type=search], input[type=text], select, input[type=range]");
    if (typing) { if (event.key === "Escape" && event.target === find) { find.value = ""; filter(); } return; }
    const modes = ["side", "slider", "onion", "difference"];
    const keys = view.open
      ? { ArrowLeft: () => step(-1), ArrowRight: () => step(1), z: () => real(), ...Object.fromEntries(modes.map((name, at) => [at + 1, () => compare(name)])) }
      : { "/": () => find.focus(), ArrowRight: () => move(1), ArrowLeft: () => move(-1), ArrowDown: () => move(across()), ArrowUp: () => move(-across()) };
    if (event.key in keys) { event.preventDefault(); keys[event.key](); }
  };

  document.addEventListener("click", act);
  document.addEventListener("keydown", key);
  $("#filters").addEventListener("input", (event) => { if (event.target.id === "sort") sort(); else filter(); });
  $("#filters").addEventListener("submit", (event) => event.preventDefault());
  shown.addEventListener("input", (event) => { if (event.target.matches(".slide")) slide(); });
  shown.addEventListener("scroll", together, true);
  view.addEventListener("close", () => {
    const card = open;
    put();
    document.body.append(said);
    history.replaceState(null, "", location.pathname + location.search);
    if (card) $(".open", card).focus();
  });
  addEventListener("beforeprint", () => { if (view.open) view.close(); fill(document); });
  $("#filters").reset();
  const served = Boolean(document.body.dataset.version), resumed = served ? resume() : "";
  if (served) { setInterval(follow, 1000); addEventListener("pagehide", keep); }
  const asked = decodeURIComponent(location.hash.slice(1)) || resumed;
  if (asked) show(all(".card", gallery).find((card) => card.dataset.id === asked));
})();
