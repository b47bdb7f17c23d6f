// Charts are drawn when they come into sight, and again when language or light change.
(() => {
  "use strict";
  const xiaowei = window.xiaowei;
  const drawn = new Map();

  const options = (plot) => {
    const data = JSON.parse(plot.parentElement.querySelector("script").textContent);
    const look = xiaowei.look();
    const lang = xiaowei.lang();
    return { ...xiaowei.base(look), ...xiaowei.kinds[data.kind](data, data.words[lang], look, lang) };
  };

  const draw = (plot) => {
    if (!plot.clientWidth) return;
    const chart = drawn.get(plot) || echarts.init(plot, null, { renderer: "canvas" });
    drawn.set(plot, chart);
    chart.setOption(options(plot), true);
    plot.dataset.drawn = "yes";
  };

  const sight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      sight.unobserve(target);
      draw(target);
    }
  }, { rootMargin: "200px" });

  xiaowei.watch = (part) => {
    for (const plot of part.querySelectorAll(".plot:not([data-drawn])")) sight.observe(plot);
  };

  // A part that leaves the page takes its charts along.
  xiaowei.forget = (part) => {
    for (const plot of part.querySelectorAll(".plot[data-drawn]")) {
      drawn.get(plot).dispose();
      drawn.delete(plot);
    }
  };

  xiaowei.redraw = () => {
    for (const plot of drawn.keys()) draw(plot);
  };

  const fit = () => {
    for (const [plot, chart] of drawn) if (plot.clientWidth) chart.resize();
  };

  window.addEventListener("resize", () => { fit(); xiaowei.redraw(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", xiaowei.redraw);

  // Paper shows the facts behind each finding, which a click would open on a screen.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(".finding details:not([open]), .quiet:not([open])")];
    for (const one of opened) one.open = true;
    for (const plot of document.querySelectorAll(".plot:not([data-drawn])")) draw(plot);
    fit();
  });
  window.addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
    fit();
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (!document.getElementById("packs")) xiaowei.watch(document);
  });
})();
