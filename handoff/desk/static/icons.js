// Small pictures beside words. They are never the only thing that says something.

const NAMESPACE = "http://www.w3.org/2000/svg";
const SIZE = 16;
const PATHS = {
  mail: "M2 3.5h12v9H2zM2.3 4l5.7 4.6L13.7 4",
  clock: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5V8l2.4 1.6",
};

/** A picture that screen readers leave out. */
export function icon(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  for (const [key, value] of Object.entries({ class: "icon", viewBox: `0 0 ${SIZE} ${SIZE}`, width: SIZE, height: SIZE, "aria-hidden": "true" })) svg.setAttribute(key, value);
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
