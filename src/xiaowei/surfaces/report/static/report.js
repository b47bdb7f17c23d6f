// The single file shows one page at a time; its address after # says which.
(() => {
  "use strict";
  const xiaowei = window.xiaowei;
  const root = document.documentElement;
  const sections = [...document.querySelectorAll("section.page")];
  const section = (name) => sections.find((one) => one.dataset.page === name);
  const { order, batch } = JSON.parse(document.getElementById("packs").textContent);
  const opened = new Map();
  let last = null;
  let turns = 0;

  const unpack = async (at) => {
    if (opened.has(at)) return opened.get(at);
    const text = document.querySelector(`script[data-pack="${at}"]`).textContent.trim();
    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const parts = JSON.parse(await new Response(stream).text());
    const pages = parts[0].map((_, page) => parts.map((part) => part[page]).join(""));
    opened.set(at, pages);
    return pages;
  };

  const firm = async (id) => {
    const at = order.indexOf(id);
    if (at < 0) {
      document.querySelector("[data-absent]").textContent = id;
      return section("absent");
    }
    if (!("DecompressionStream" in window)) return section("old");
    const place = section("firm");
    const pages = await unpack(Math.floor(at / batch));
    if (place.dataset.firm === id) return place;
    xiaowei.forget(place);
    place.innerHTML = pages[at % batch];
    place.dataset.firm = id;
    return place;
  };

  const where = () => {
    const [path, query] = (location.hash.startsWith("#/") ? location.hash.slice(1) : "/").split("?");
    return { path: decodeURIComponent(path), query: new URLSearchParams(query || "") };
  };

  const speak = (lang) => {
    const changed = lang !== xiaowei.lang();
    root.lang = lang === "en" ? "en" : "zh-CN";
    for (const one of document.querySelectorAll("option[data-zh]")) one.textContent = one.dataset[lang];
    if (changed) xiaowei.redraw();
  };

  // The language stays in the address of every link, as it does on the server.
  const relink = (part, lang) => {
    for (const link of part.querySelectorAll('a[href^="#/"]')) {
      const [path, text] = link.getAttribute("href").split("?");
      const query = new URLSearchParams(text || "");
      if (link.dataset.lang) continue;
      query.delete("lang");
      if (lang === "en") query.set("lang", "en");
      const asked = String(query);
      link.setAttribute("href", asked ? `${path}?${asked}` : path);
    }
  };

  const languages = (path, query) => {
    for (const link of document.querySelectorAll("a[data-lang]")) {
      const next = new URLSearchParams(query);
      next.set("lang", link.dataset.lang);
      link.setAttribute("href", `#${encodeURI(path)}?${next}`);
    }
  };

  const titled = (shown, path, moved) => {
    for (const link of document.querySelectorAll("a[data-nav]")) {
      const here = link.dataset.nav === (path.startsWith("/firms") ? "/firms" : path);
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const heading = shown.querySelector("h1");
    const own = heading.querySelector(`[lang="${xiaowei.lang()}"]`) || heading;
    document.title = `${own.textContent} · 小微 xiaowei`;
    if (moved) heading.focus({ preventScroll: true });
  };

  const show = async () => {
    const { path, query } = where();
    const turn = ++turns;
    const inside = path.match(/^\/firms\/(.+)$/);
    const shown = inside ? await firm(inside[1]) : section(path) || section("/");
    if (turn !== turns) return;
    const lang = query.get("lang") === "en" ? "en" : "zh";
    const moved = last !== null && last !== path;
    for (const one of sections) one.hidden = one !== shown;
    speak(lang);
    xiaowei.list(shown, query);
    relink(document, lang);
    languages(path, query);
    titled(shown, path, moved);
    if (moved) window.scrollTo(0, 0);
    xiaowei.watch(shown);
    last = path;
  };

  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
  window.addEventListener("hashchange", show);
  show();
})();
