// How charts look: the page's own colours, type and language.
(() => {
  "use strict";
  const root = document.documentElement;
  const xiaowei = (window.xiaowei = { kinds: {} });
  root.classList.add("js");

  xiaowei.lang = () => (root.lang.startsWith("en") ? "en" : "zh");

  xiaowei.look = () => {
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      ink: colour("ink"),
      soft: colour("soft"),
      rule: colour("rule"),
      paper: colour("paper"),
      lines: [1, 2, 3, 4].map((at) => colour(`line-${at}`)),
      font: style.fontFamily,
      narrow: window.innerWidth <= 640,
    };
  };

  xiaowei.number = (value, digits = 2) =>
    value === null || value === undefined
      ? { zh: "未知", en: "unknown" }[xiaowei.lang()]
      : value.toLocaleString("en-US", { maximumFractionDigits: digits });

  // Text drawn on the canvas: no HTML, so nothing in a name can become markup.
  xiaowei.tip = (look, formatter, trigger = "axis") => ({
    trigger,
    renderMode: "richText",
    confine: true,
    backgroundColor: look.paper,
    borderColor: look.rule,
    textStyle: { color: look.ink, fontFamily: look.font, fontSize: 13 },
    axisPointer: { type: "line", lineStyle: { color: look.soft, type: "dotted" } },
    formatter,
  });

  xiaowei.axis = (look, name, more = {}) => ({
    type: "value",
    name,
    nameTextStyle: { color: look.soft, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: look.soft } },
    axisTick: { show: false },
    axisLabel: { color: look.soft, fontSize: 12 },
    splitLine: { lineStyle: { color: look.rule, width: 0.6 } },
    ...more,
  });

  xiaowei.legend = (look, data) => ({
    data,
    top: 0,
    left: 0,
    itemWidth: 22,
    itemHeight: 10,
    itemGap: 16,
    textStyle: { color: look.ink, fontSize: 12 },
    inactiveColor: look.rule,
  });

  xiaowei.base = (look) => ({
    animation: false,
    textStyle: { fontFamily: look.font },
    aria: { enabled: false },
  });
})();
