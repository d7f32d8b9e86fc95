// The few sentences that only the browser says. Everything else comes from the server, translated there.
const zh = {
  copied: "已复制",
  offline: "网络不通，您填写的内容还在，请稍后再试。",
  slow: "服务器没有及时回应，请稍后再试。",
  failed: "没有办成，请稍后再试。",
  notFound: "找不到，或者您的岗位无权查看。",
  restored: "已恢复上次没有提交的内容。",
  discard: "清除",
  left: (n) => `还可以写 ${n} 字`,
  over: (n) => `多了 ${n} 字`,
  hidden: "已隐藏",
  remove: (name) => `去掉 ${name}`,
  shrinking: "正在压缩照片…",
  loading: "正在加载…",
  mapHelp: "方向键移动，加号减号缩放",
  pickHelp: "点地图标出位置；用键盘时按方向键移动标记",
  zoomIn: "放大",
  zoomOut: "缩小",
  wholeMap: "看全部",
  myPlace: "用我现在的位置",
  noPlace: "没有取得位置，请在地图上点。",
  positionTaken: "已附上，只记这一次",
  positionFailed: "没有取得位置，可以不附",
  picked: (name) => `已选：${name}`,
  outside: "这个位置不在辖区内",
  noData: "没有数据",
  region: "地方",
  value: "数值",
  asList: "看列表",
  mapFailed: "地图没有加载出来，请用列表。",
  points: (n) => `${n} 件`,
  dwellings: (n) => `${n} 套房屋`,
  severalHere: (n) => `这里有 ${n} 个`,
};
const en = {
  copied: "Copied",
  offline: "No connection. What you typed is still here; please try again later.",
  slow: "The server did not answer in time. Please try again later.",
  failed: "That did not work. Please try again later.",
  notFound: "Not found, or your post may not see it.",
  restored: "Restored what you had not submitted.",
  discard: "Discard",
  left: (n) => `${n} characters left`,
  over: (n) => `${n} characters too many`,
  hidden: "Hidden",
  remove: (name) => `Remove ${name}`,
  shrinking: "Shrinking the photo…",
  loading: "Loading…",
  mapHelp: "Arrow keys move, plus and minus zoom",
  pickHelp: "Tap the map to mark the place; with a keyboard, arrow keys move the mark",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  wholeMap: "Show all",
  myPlace: "Use where I am now",
  noPlace: "Could not get your position; please tap the map.",
  positionTaken: "Attached, for this once",
  positionFailed: "No position; you may go without",
  picked: (name) => `Chosen: ${name}`,
  outside: "This place is outside the area",
  noData: "No data",
  region: "Region",
  value: "Value",
  asList: "Show as a list",
  mapFailed: "The map did not load; please use the list.",
  points: (n) => `${n}`,
  dwellings: (n) => `${n} dwellings`,
  severalHere: (n) => `${n} here`,
};

export const words = document.documentElement.lang.startsWith("zh") ? zh : en;

/** An icon of the sprite as an SVG element. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** A new element: make("button", {class: "btn", type: "button"}, "text", node, ...). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
